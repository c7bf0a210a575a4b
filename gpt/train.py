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

from gpt import checkpoint, corpora
from gpt.checkpoint import Checkpoint
from gpt.config import GPTConfig, TrainConfig
from gpt.corpora import Corpus
from gpt.presets import PRESETS, preset
from gpt.runs import Lock, Run, RunError
from gpt.session import RESERVE, Said, Wish, guarded, kept_steps
from gpt.session import sample as sample
from gpt.team import join
from gpt.tokenizers import CharTokenizer
from gpt.trainer import Trainer, own_randomness

SWITCH = {word: word in ("true", "1", "yes", "on") for word in "true 1 yes on false 0 no off".split()}


def start(
    run: Run,
    corpus: Corpus,
    config: GPTConfig,
    train: TrainConfig,
    quiet: bool = False,
    budget: int | None = None,
    lock: Lock | None = None,
) -> str:
    """Begin or go on with the run in a folder; returns the sample written at the end, or "" when it was put down.

    Raises RunError, ConfigError. Started by torchrun, every process calls this, and the first one writes.
    """
    team = join(train.batch_size)
    own = run.hold() if team.first and lock is None else None
    try:
        origin = ancestor(run)
        tokenizer = origin.tokenizer if origin else CharTokenizer.from_text(corpus.text)
        config = dataclasses.replace(config, vocab_size=tokenizer.vocab_size)
        recipe = {
            "corpus": corpus.name,
            "corpus_sha256": corpus.sha256,
            "model": config.to_json(),
            "train": train.to_json(),
        }
        known = run.read() if run.description.exists() else None
        if team.first:
            run.sweep()
            (run.folder / "queued").unlink(missing_ok=True)
        wish = Wish(run, budget)
        with own_randomness(train.seed, train.threads), wish.listening():
            trainer = Trainer(run, corpus, tokenizer, config, train, team)
            if origin:
                trainer.model.load_state_dict(origin.model.state_dict())
            if known:
                was, now = settings(known), settings(recipe)
                if changed := [name for name in now if was[name] != now[name]]:
                    this = f"{changed[0]} = {was[changed[0]]!r}, not {now[changed[0]]!r}"
                    raise RunError(f"The run {run.folder.name} was started with {this}: choose another folder.")
                differs = trainer.load_state()
                if team.first:
                    take_up_log(trainer, differs)
            elif team.first:
                run.create({"id": run.folder.name, **recipe, "argv": sys.argv, "pid": os.getpid()})
            managed = bool(known and "owner" in known)
            if managed and team.first:
                with suppress(OSError):
                    (run.folder / "reserve").write_bytes(bytes(RESERVE))
            return guarded(trainer, quiet or not team.first, wish, kept_steps(train, managed))
    finally:
        if own:
            own.release()


def take_up_log(trainer: Trainer, differs: str) -> None:
    """Make the log end where the trainer goes on, and say so."""
    run, started = trainer.run, bool(trainer.states())
    if not started and not run.metrics.exists():
        return  # made by the app, and this is its first start
    if started:
        run.forget_after(trainer.done, trainer.told == trainer.done)
    else:
        run.forget_after(-1)  # without a state, what was measured at step 0 is told again
    if trainer.done and not any(line.get("kind") == "state" and line["step"] == trainer.done for line in run.lines()):
        run.append({"kind": "state", "step": trainer.done})  # the trainer died between saving it and saying so
    run.append({"kind": "resumed", "step": trainer.done, "differs": differs})


def ancestor(run: Run) -> Checkpoint | None:
    """The model that a forked run starts from."""
    path = run.folder / "start.safetensors"
    return checkpoint.load(path) if path.exists() else None


def inherited_lock() -> int | None:
    """The open file that the app gave this process at birth, if it did."""
    told = os.environ.pop("NANOSCOPE_LOCK", "")
    if not told:
        return None
    os.set_inheritable(int(told), False)
    return int(told)


def settings(description: dict[str, Any]) -> dict[str, Any]:
    """What a run's description fixes, by name. Not the threads: another number of them changes only the last bits."""
    fixed = {name: description.get(name) for name in ("corpus", "corpus_sha256")}
    fixed |= GPTConfig.from_json(description.get("model")).to_json()
    fixed |= TrainConfig.from_json(description.get("train")).to_json()
    del fixed["threads"]
    return fixed


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
    for kind in (GPTConfig, TrainConfig):
        for field in dataclasses.fields(kind):
            if field.name != "vocab_size":  # the text decides
                convert = partial(value_of, str(field.type))
                parser.add_argument("--" + field.name.replace("_", "-"), type=convert, default=None, metavar="VALUE")
    return parser.parse_args(arguments)


def value_of(kind: str, word: str) -> Any:
    """Read a word of the command line as a field's type; one that is none stays a word, and the config refuses it."""
    if kind == "bool":
        return SWITCH.get(word.lower(), word)
    try:
        return int(word) if kind == "int" else float(word) if kind == "float" else word
    except ValueError:
        return word


def chosen_fields(kind: Any, options: argparse.Namespace) -> dict[str, Any]:
    """The fields of one config that the command line names."""
    values = {field.name: getattr(options, field.name, None) for field in dataclasses.fields(kind)}
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
    try:
        try:
            config, train = GPTConfig.from_json(description["model"]), TrainConfig.from_json(description["train"])
            start(run, own_text(run, description), config, train, quiet=True, budget=budget, lock=lock)
        except Said:
            raise
        except Exception as error:
            known = isinstance(error, ValueError | OSError)
            message = str(error) if known else f"It ended because of an error ({type(error).__name__}), see its log."
            step = max((line["step"] for line in run.lines() if isinstance(line.get("step"), int)), default=0)
            if lock:
                run.append({"kind": "failed", "step": step, "message": message})
            raise
    finally:
        if lock:
            lock.release()
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
