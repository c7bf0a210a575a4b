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
from functools import partial
from pathlib import Path
from typing import Any

from gpt import corpora
from gpt.config import Config, GPTConfig, TrainConfig
from gpt.corpora import Corpus
from gpt.presets import PRESETS, preset
from gpt.runs import Run, RunError
from gpt.runs.queue import pump
from gpt.settings import Setting
from gpt.tokenizers import CharTokenizer
from gpt.train.failures import Said, last_word, memory_sentence, out_of_memory
from gpt.train.loop import Wish
from gpt.train.loop import sample as sample
from gpt.train.start import start

SWITCH = {word: word in ("true", "1", "yes", "on") for word in "true 1 yes on false 0 no off".split()}


def inherited_lock() -> int | None:
    """The open file that the app gave this process at birth, if it did."""
    told = os.environ.pop("NANOSCOPE_LOCK", "")
    if not told:
        return None
    os.set_inheritable(int(told), False)
    return int(told)


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
    parser.add_argument("--text", type=Path, default=None, help="your own UTF-8 text instead")
    for title, kind in (("the model", GPTConfig), ("its training", TrainConfig)):
        group = parser.add_argument_group(title, "What is not named is as in the preset, or the default.")
        for name, one in kind.settings().items():
            if name != "vocab_size":  # the text decides
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
    values = {name: getattr(options, name, None) for name in kind.settings()}
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
            text = (run.folder / "corpus.txt").read_bytes().decode("utf-8")
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


def be_humble(memory: int | None) -> None:
    """A training in the background gives way to the pages: in time, and when memory runs out."""
    with suppress(OSError, AttributeError):
        os.nice(19)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800", encoding="ascii")
    if memory is not None:
        with suppress(ImportError, OSError, ValueError):
            import resource

            size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
            resource.setrlimit(resource.RLIMIT_AS, (size + memory, resource.RLIM_INFINITY))


def managed(run: Run, description: dict[str, Any], budget: int | None, memory: int | None) -> int:
    """Train a run of the app: its settings are its run.json, and its log says how it ended."""
    be_humble(memory)
    lock = run.hold(inherited_lock()) if int(os.environ.get("RANK", "0")) == 0 else None
    wish = Wish(run, budget)
    try:
        try:
            config, train = GPTConfig.from_json(description["model"]), TrainConfig.from_json(description["train"])
            start(run, own_text(run, description), config, train, quiet=True, lock=lock, wish=wish)
        except Said:
            raise
        except Exception as error:
            known = isinstance(error, ValueError | OSError)
            message = str(error) if known else f"It ended because of an error ({type(error).__name__}), see its log."
            step = max((line["step"] for line in run.lines() if isinstance(line.get("step"), int)), default=0)
            if out_of_memory(error):
                message = memory_sentence(step)
            if lock:
                last_word(run, {"kind": "failed", "step": step, "message": message})
            raise
    finally:
        if lock:
            lock.release()
            if not wish.signalled:  # else the machine is shutting down, or somebody stops them all
                with suppress(ValueError, OSError):
                    pump()  # whoever waits is next, also when nobody looks at the page
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 when it finished or was put down, 2 with one sentence when it could not."""
    options = parse(arguments)
    try:
        base = preset(options.preset) if options.preset else None
        run = Run(options.run or Path("runs") / (options.preset or "run"))
        before = run.read() if run.description.exists() and base is None else None
        if before and "owner" in before:
            return managed(run, before, options.budget, options.memory)
        config = base.model if base else GPTConfig.from_json(before.get("model")) if before else GPTConfig()
        train = base.train if base else TrainConfig.from_json(before.get("train")) if before else TrainConfig()
        train = dataclasses.replace(train, **chosen_fields(TrainConfig, options))
        name = options.corpus or (base.corpus if base else str(before.get("corpus")) if before else "shakespeare")
        corpus = text_of(name, options.text)
        V = CharTokenizer.from_text(corpus.text).vocab_size  # the text decides, and without a head the width must be V
        config = dataclasses.replace(config, vocab_size=V, **chosen_fields(GPTConfig, options))
        print(start(run, corpus, config, train, budget=options.budget))
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
