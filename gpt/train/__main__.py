"""`python -m gpt.train RUN_DIR`: train a model in a run folder, with its log, its snapshots and a sample at the end.

    python -m gpt.train --preset mini                       rebuild a bundled model, in runs/mini
    python -m gpt.train runs/mine --corpus names --n-layer 2 --lr 1e-3     any field of GPTConfig and TrainConfig
    python -m gpt.train runs/mine                           go on with a run that was interrupted

The same seed and the same number of threads give the same bits.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch starts its threads; --threads raises it

import argparse
import dataclasses
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from gpt import corpora, tokenizers
from gpt.config import Config, ConfigError, GPTConfig, TrainConfig
from gpt.corpora import Corpus
from gpt.corpora.upload import MOST_STORED
from gpt.presets import PRESETS, preset
from gpt.runs import Run, RunError
from gpt.runs.log import Failed
from gpt.runs.queue import pump
from gpt.settings import Setting
from gpt.storage.bounded import read_bounded
from gpt.tokenizers import MAX_VOCABULARY, MIN_VOCABULARY, USUAL_VOCABULARY
from gpt.train.allocator import keep_freed_memory
from gpt.train.device import device_of
from gpt.train.failures import LoggedFailure, log_event, memory_message, out_of_memory
from gpt.train.start import start
from gpt.train.stop_request import StopRequest

SWITCH = {word: word in ("true", "1", "yes", "on") for word in "true 1 yes on false 0 no off".split()}


def inherited_lock() -> int | None:
    """The open file that the app gave this process at birth, if it did."""
    handle = os.environ.pop("NANOSCOPE_LOCK", "")
    if not handle:
        return None
    os.set_inheritable(int(handle), False)
    return int(handle)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line: one option for every field of GPTConfig and TrainConfig."""
    parser = argparse.ArgumentParser(
        prog="python -m gpt.train", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path, nargs="?", help="the run folder; runs/PRESET if left out")
    parser.add_argument("--preset", default=None, choices=sorted(PRESETS), help="start from a bundled recipe")
    parser.add_argument("--corpus", default=None, help="a text of the shelf: " + ", ".join(corpora.names()))
    parser.add_argument("--budget", type=int, default=None, help="pause after so many steps")
    parser.add_argument("--memory", type=int, default=None, help="end rather than take more bytes than this")
    parser.add_argument(
        "--vocab-size",
        type=int,
        default=None,
        metavar="N",
        help=f"tokens with --tokenizer bpe ({MIN_VOCABULARY:,} to {MAX_VOCABULARY:,}; default {USUAL_VOCABULARY:,})",
    )
    parser.add_argument("--text", type=Path, default=None, help="your own UTF-8 text instead")
    for title, kind in (("the model", GPTConfig), ("its training", TrainConfig)):
        group = parser.add_argument_group(title, "What is not named is as in the preset, or the default.")
        for name, one in kind.settings().items():
            if name != "vocab_size":  # of characters the text decides; told below
                option, convert = "--" + name.replace("_", "-"), partial(value_of, one)
                told = f"{one.help} ({one.range}; default {one.written(one.default)})".replace("%", "%%")
                group.add_argument(option, type=convert, default=None, metavar="VALUE", help=told)
    return parser.parse_args(arguments)


def value_of(one: Setting, word: str) -> Any:
    """Read a word of the command line as a field's value; one that is none stays a word, and the config refuses it."""
    try:
        match one.kind:
            case "switch":
                return SWITCH.get(word.lower(), word)
            case "whole":
                return int(word)
            case "real":
                return float(word)
            case "choice":
                return word
    except ValueError:
        return word


def chosen_fields(kind: type[Config], options: argparse.Namespace) -> dict[str, Any]:
    """The fields of one config that the command line names."""
    values = {name: getattr(options, name, None) for name in kind.settings() if name != "vocab_size"}
    return {name: value for name, value in values.items() if value is not None}


def text_of(name: str, file: Path | None) -> Corpus:
    """The text to train on; one that is not here yet is downloaded, since whoever types the command asks for it."""
    if file:
        return corpora.from_file(file)
    try:
        return corpora.load(name)
    except corpora.CorpusUnavailable:
        return corpora.fetch(name)


def own_text(run: Run, description: dict[str, Any]) -> Corpus:
    """The text that a run of the app is trained on. Raises RunError when it has changed or is gone.

    Nothing is downloaded: nobody who could agree to it is asking.
    """
    name, sha256 = str(description.get("corpus")), str(description.get("corpus_sha256"))
    try:
        if description.get("own_text"):
            text = read_bounded(run.own_text, MOST_STORED).decode("utf-8")
            corpus = Corpus(name, name, text, "a text of one's own", "not known to this program")
        else:
            corpus = corpora.load(name)
    except (OSError, ValueError) as error:
        told = f"The text {name!r} (sha256 {sha256[:12]}...) of this run cannot be read any more"
        raise RunError(f"{told}: put it back, or fork the run with another text.") from error
    if corpus.sha256 != sha256:
        told = (
            f"The text {name!r} has changed since this run began (sha256 {corpus.sha256[:12]}..., not {sha256[:12]}...)"
        )
        raise RunError(f"{told}: put the old one back, or fork the run.")
    return corpus


def lower_priority(memory: int | None) -> None:
    """A training in the background gives way to the pages: in time, and when memory runs out."""
    with suppress(OSError, AttributeError):
        os.nice(19)
    with suppress(OSError, AttributeError):  # Linux: whoever wakes to serve a page has the processor at once
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800", encoding="ascii")
    if memory is not None:
        with suppress(ImportError, OSError, ValueError):
            import resource

            size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
            resource.setrlimit(resource.RLIMIT_AS, (size + memory, resource.RLIM_INFINITY))


def managed(run: Run, description: dict[str, Any], budget: int | None, memory: int | None) -> int:
    """Train a run of the app: its settings are its run.json, and its log says how it ended."""
    leads = int(os.environ.get("RANK", "0")) == 0
    lock = run.hold(inherited_lock()) if leads else None
    stop_request = StopRequest(run, budget)
    try:
        config, train = GPTConfig.from_json(description["model"]), TrainConfig.from_json(description["train"])
        # A graphics card's driver takes addresses without end, most of which are never memory.
        lower_priority(memory if device_of(train.device).type == "cpu" else None)
        corpus = own_text(run, description)
        start(run, corpus, config, train, quiet=True, lock=lock, stop_request=stop_request)
    except LoggedFailure:
        raise
    except Exception as error:
        if lock:
            log_event(run, Failed(step := last_step(run), failure_message(error, step)))
        raise
    finally:
        if lock:
            lock.release()
            if not stop_request.signalled:  # else the machine is shutting down, or somebody stops them all
                with suppress(ValueError, OSError):
                    pump()  # whoever waits is next, also when nobody looks at the page
    return 0


def last_step(run: Run) -> int:
    """The latest step that the log tells."""
    with suppress(OSError, RunError):
        return max((line.step for line in run.lines()), default=0)
    return 0


def failure_message(error: Exception, step: int) -> str:
    """What to say about a failure before the first step or between two: an error of ours is a sentence already."""
    if out_of_memory(error):
        return memory_message(step)
    if isinstance(error, ValueError | OSError):
        return str(error)
    return f"It ended because of an error ({type(error).__name__}), see its log."


@dataclass(frozen=True)
class Recipe:
    """What to train on what, before the command line's own options."""

    corpus: str = "shakespeare"
    config: GPTConfig = field(default_factory=GPTConfig)
    train: TrainConfig = field(default_factory=TrainConfig)


def recipe_of(name: str | None, before: dict[str, Any] | None) -> Recipe:
    """A preset's recipe, or that of the run which is there, or the defaults. Raises ConfigError."""
    if name:
        chosen = preset(name)
        return Recipe(chosen.corpus, chosen.model, chosen.train)
    if before is not None:
        config, train = GPTConfig.from_json(before.get("model")), TrainConfig.from_json(before.get("train"))
        return Recipe(str(before.get("corpus")), config, train)
    return Recipe()


def vocabulary(corpus: Corpus, recipe: Recipe, train: TrainConfig, asked: int | None) -> int:
    """V: as many tokens as the text has characters, or as merging its byte pairs gives. Raises ConfigError."""
    if train.tokenizer != "bpe":
        if asked is not None:
            raise ConfigError(f"vocab_size is {asked}, but a text has the characters it has: add --tokenizer bpe.")
        return tokenizers.CharTokenizer.from_text(corpus.text).vocab_size
    if asked is None:
        asked = recipe.config.vocab_size if recipe.train.tokenizer == "bpe" else USUAL_VOCABULARY
    return tokenizers.of_text("bpe", corpus.split()[0], asked).vocab_size


def run_command(options: argparse.Namespace) -> int:
    """Train what the command line asks for. Raises ValueError or OSError, with one sentence, when that cannot be."""
    run = Run(options.run or Path("runs") / (options.preset or "run"))
    before = run.read() if run.description.exists() and not options.preset else None
    if before and "owner" in before:
        return managed(run, before, options.budget, options.memory)
    recipe = recipe_of(options.preset, before)
    train = dataclasses.replace(recipe.train, **chosen_fields(TrainConfig, options))
    corpus = text_of(options.corpus or recipe.corpus, options.text)
    V = vocabulary(corpus, recipe, train, options.vocab_size)  # without a head the width must be V
    config = dataclasses.replace(recipe.config, vocab_size=V, **chosen_fields(GPTConfig, options))
    print(start(run, corpus, config, train, budget=options.budget))
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 when it finished or was paused, 2 with one sentence when it could not."""
    options = parse(arguments)
    keep_freed_memory()
    try:
        return run_command(options)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
