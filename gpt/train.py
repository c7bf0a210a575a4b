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
import math
import sys
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from gpt import corpora
from gpt.config import GPTConfig, SamplingConfig, TrainConfig
from gpt.corpora import Corpus
from gpt.presets import PRESETS, preset
from gpt.runs import Run, RunError
from gpt.sampling import generate
from gpt.schedule import snapshot_steps
from gpt.tokenizers import CharTokenizer
from gpt.trainer import Trainer, own_randomness

SWITCH = {word: word in ("true", "1", "yes", "on") for word in "true 1 yes on false 0 no off".split()}
LOG_LINES = 4_000  # a long run logs every n-th step, so that its log stays readable


def sample(trainer: Trainer, length: int = 200) -> str:
    """What the model writes now, after a newline or the first token, always with the same seed."""
    tokens = trainer.tokenizer.tokens
    first = tokens.index("\n") if "\n" in tokens else 0
    trainer.model.eval()
    written = [choice.id for choice in generate(trainer.model, [first], SamplingConfig(temperature=0.8), length)]
    trainer.model.train()
    return trainer.tokenizer.decode(written)


def loop(trainer: Trainer, quiet: bool = False) -> str:
    """Train from where the trainer is to its last step; returns the sample written at the end."""
    train, run = trainer.train, trainer.run
    kept = set(snapshot_steps(train.steps, train.snapshots))
    log_every = max(1, train.steps // LOG_LINES)
    told = trainer.done or -1  # a state is kept after all else that is due at its step, which must not be told twice
    text = ""
    with tqdm(total=train.steps, initial=trainer.done, unit="step", disable=quiet, mininterval=1.0) as bar:
        while True:
            step, last = trainer.done, trainer.done == train.steps
            due = step != told
            if due and (last or step % train.eval_every == 0):
                line = trainer.evaluate()
                run.append(line)
                if not math.isfinite(line["train"] + line["val"]):
                    raise diverged(step)
                text = sample(trainer)
                run.append({"kind": "sample", "step": step, "text": text})
                bar.set_postfix(train=line["train"], val=line["val"])
            if due and step in kept:
                run.append(trainer.snapshot())
            if due and (last or (step and step % train.save_every == 0)):
                trainer.save_state()
                run.append({"kind": "state", "step": step})
            if last:
                run.append({"kind": "end", "step": step})
                return text or sample(trainer)
            line = trainer.step()
            if trainer.done == step:
                run.append(line)
                raise diverged(step)
            if trainer.done % log_every == 0:
                run.append(line)
            bar.update()


def diverged(step: int) -> RunError:
    """The end of a run whose numbers have grown beyond all bounds."""
    told = f"The loss is not a number after step {step}; the last good step is kept."
    return RunError(f"{told} Try a learning rate ten times smaller.")


def start(run: Run, corpus: Corpus, config: GPTConfig, train: TrainConfig, quiet: bool = False) -> str:
    """Begin or go on with the run in a folder; returns the sample written at the end. Raises RunError, ConfigError."""
    lock = run.hold()
    try:
        tokenizer = CharTokenizer.from_text(corpus.text)
        config = dataclasses.replace(config, vocab_size=tokenizer.vocab_size)
        recipe = {
            "corpus": corpus.name,
            "corpus_sha256": corpus.sha256,
            "model": config.to_json(),
            "train": train.to_json(),
        }
        run.sweep()
        with own_randomness(train.seed, train.threads):
            trainer = Trainer(run, corpus, tokenizer, config, train)
            if run.description.exists():
                was, now = settings(run.read()), settings(recipe)
                if changed := [name for name in now if was[name] != now[name]]:
                    this = f"{changed[0]} = {was[changed[0]]!r}, not {now[changed[0]]!r}"
                    raise RunError(f"The run {run.folder.name} was started with {this}: choose another folder.")
                differs = trainer.load_state()
                run.forget_after(trainer.done or -1)  # without a state, what was measured at step 0 is told again
                run.append({"kind": "resumed", "step": trainer.done, "differs": differs})
            else:
                run.create({"id": run.folder.name, **recipe, "argv": sys.argv, "pid": os.getpid()})
            return loop(trainer, quiet)
    finally:
        lock.release()


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


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 when it finished, 2 with one sentence when it could not."""
    options = parse(arguments)
    try:
        base = preset(options.preset) if options.preset else None
        run = Run(options.run or Path("runs") / (options.preset or "run"))
        before = run.read() if run.description.exists() and base is None else None
        config = base.model if base else GPTConfig.from_json(before.get("model")) if before else GPTConfig()
        train = base.train if base else TrainConfig.from_json(before.get("train")) if before else TrainConfig()
        train = dataclasses.replace(train, **chosen_fields(TrainConfig, options))
        name = options.corpus or (base.corpus if base else str(before.get("corpus")) if before else "shakespeare")
        corpus = text_of(name, options.text)
        V = CharTokenizer.from_text(corpus.text).vocab_size  # the text decides, and without a head the width must be V
        config = dataclasses.replace(config, vocab_size=V, **chosen_fields(GPTConfig, options))
        print(start(run, corpus, config, train))
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
