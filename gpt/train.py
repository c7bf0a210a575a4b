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
    text = ""
    with tqdm(total=train.steps, initial=trainer.done, unit="step", disable=quiet, mininterval=1.0) as bar:
        while True:
            step, last = trainer.done, trainer.done == train.steps
            if last or step % train.eval_every == 0:
                line = trainer.evaluate()
                text = sample(trainer)
                run.append(line)
                run.append({"kind": "sample", "step": step, "text": text})
                bar.set_postfix(train=line["train"], val=line["val"])
            if step in kept:
                run.append(trainer.snapshot())
            if last or (step and step % train.save_every == 0):
                trainer.save_state()
                run.append({"kind": "state", "step": step})
            if last:
                run.append({"kind": "end", "step": step})
                return text
            line = trainer.step()
            if trainer.done == step:
                run.append(line)
                raise RunError(
                    f"The loss is not a number after step {step}; the last good step is kept. "
                    "Try a learning rate ten times smaller."
                )
            if trainer.done % log_every == 0:
                run.append(line)
            bar.update()


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
        with own_randomness(train.seed, train.threads):
            trainer = Trainer(run, corpus, tokenizer, config, train)
            if run.description.exists():
                before = run.read()
                changed = [key for key in recipe if before.get(key) != recipe[key]]
                if changed:
                    raise RunError(
                        f"The run {run.folder.name} was started with another {changed[0]}: choose another folder."
                    )
                differs = trainer.load_state()
                run.forget_after(trainer.done)
                run.append({"kind": "resumed", "step": trainer.done, "differs": differs})
            else:
                run.create({"id": run.folder.name, **recipe, "argv": sys.argv, "pid": os.getpid()})
            return loop(trainer, quiet)
    finally:
        lock.release()


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
                convert = {"int": int, "float": float, "bool": yes_or_no}.get(str(field.type), str)
                parser.add_argument("--" + field.name.replace("_", "-"), type=convert, default=None, metavar="VALUE")
    return parser.parse_args(arguments)


def yes_or_no(word: str) -> bool:
    """Read a switch of the command line. Raises ValueError for other words."""
    return {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}[
        word.lower()
    ]


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
        config = base.model if base else GPTConfig.from_json(before["model"]) if before else GPTConfig()
        train = base.train if base else TrainConfig.from_json(before["train"]) if before else TrainConfig()
        config = dataclasses.replace(config, **chosen_fields(GPTConfig, options))
        train = dataclasses.replace(train, **chosen_fields(TrainConfig, options))
        name = options.corpus or (base.corpus if base else before["corpus"] if before else "shakespeare")
        print(start(run, text_of(name, options.text), config, train))
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
