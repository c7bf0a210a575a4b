"""Training one rung: the app's own trainer, and of all that it leaves a few small files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tqdm import trange

from gpt import checkpoint, corpora
from gpt.config import ConfigError
from gpt.lessons.lookup import MODELS, difference, named
from gpt.lessons.rung import CORPUS, Rung
from gpt.runs import RunError
from gpt.size import count
from gpt.storage.atomic import write_durable
from gpt.storage.step_files import step_name
from gpt.tokenizers import CharTokenizer
from gpt.train.evaluate import mean_loss
from gpt.train.trainer import Trainer, own_randomness

WITHIN = 0.05  # how far above its published loss a rung may end
WORSE = 0.02  # and how far above the rung before it on the road
KEPT = (0, 30, 100, 300, 1_000)  # the steps of a rung that are kept to look at, beside its last one


@dataclass(frozen=True)
class Result:
    """One line of the table."""

    name: str
    changed: str
    parameters: int
    loss: float  # nats a character over the whole last tenth of the text, of the file as it is stored
    published: float | None
    minutes: float

    @property
    def apart(self) -> float | None:
        """Loss less published loss: below 0 is better."""
        return None if self.published is None else self.loss - self.published


def train(rung: Rung, folder: Path, quiet: bool = True) -> Path:
    """Train a rung and write its kept steps to `folder/<name>/` in fp16; returns the file of the last one.

    A companion keeps only the last. Its record holds the losses on the way. Raises ConfigError for a rung that is not
    trained here, CorpusUnavailable without the text, RunError when the loss is no number any more.
    """
    if rung.model is None or rung.train is None:
        raise ConfigError(f"rung is {rung.name!r}, but it must be one that is trained here: {', '.join(trainable())}.")
    corpus = corpora.load(CORPUS)
    tokenizer = CharTokenizer.from_text(corpus.text)
    kept = () if rung.lesson else KEPT
    files: dict[int, bytes] = {}

    with own_randomness(rung.train.seed, rung.train.threads):
        trainer = Trainer(corpus, tokenizer, rung.model, rung.train)
        trainer.ids = trainer.ids[: int(rung.share * len(trainer.ids))]  # (N,) it is judged on all that is held out

        for step in trange(rung.train.steps + 1, desc=rung.name, disable=True if quiet else None):
            if step % rung.train.eval_every == 0 or step == rung.train.steps or step in kept:
                trainer.evaluate()
            if step in kept or step == rung.train.steps:
                files[step] = checkpoint.dumps(trainer.model, tokenizer, step, record(trainer, rung), "fp16")
            if step < rung.train.steps:
                trainer.step()
                if trainer.done == step:
                    raise RunError(f"The loss of {rung.name} is not a number after step {step:,}: lower its rate.")

        # What is judged are the numbers as they are stored, so whoever loads the file finds the same loss.
        stored = checkpoint.loads(files[rung.train.steps])
        ids = torch.tensor(tokenizer.encode(corpus.split()[1]))  # (M,)
        judged = record(trainer, rung) | {"val_loss": round(mean_loss(stored.model, ids), 5)}
        files[stored.step] = checkpoint.dumps(stored.model, tokenizer, stored.step, judged, "fp16")

    place = folder / rung.name
    place.mkdir(parents=True, exist_ok=True)
    for step, data in files.items():
        write_durable(place / step_name(step), data)
    return place / step_name(stored.step)


def record(trainer: Trainer, rung: Rung) -> dict[str, Any]:
    """How a rung was trained up to here."""
    return {**trainer.record(), "rung": rung.name, "share": rung.share, "seconds": round(trainer.seconds, 1)}


def trainable() -> tuple[str, ...]:
    """The names of all models that are trained here."""
    return tuple(name for name, rung in MODELS.items() if rung.trained_here)


def result(name: str, record: Mapping[str, Any]) -> Result:
    """A rung's line of the table, from its file's record."""
    rung = named(name)
    if rung.model is None:
        raise ConfigError(f"rung is {name!r}, but it must be one with a model.")
    loss = record["val_loss"] if "val_loss" in record else record["losses"][-1]["val"]
    minutes = record.get("seconds", 0.0) / 60
    return Result(name, change(rung), count(rung.model), float(loss), rung.published and rung.published.loss, minutes)


def change(rung: Rung) -> str:
    """What differs from the rung before, as fields; a phrase where there is nothing to compare with."""
    before = named(rung.before).model if rung.before else None
    if before is None or rung.model is None:
        return rung.changed
    fields = [f"{field} {old} -> {new}" for field, (old, new) in difference(before, rung.model).items()]
    return ", ".join(fields) or rung.changed


def faults(results: Mapping[str, Result]) -> list[str]:
    """What breaks the promise of the road: too far above the published loss, or worse than the rung before."""
    found, last = [], None
    for name, rung in MODELS.items():
        if name not in results or not rung.road:
            continue
        here = results[name]
        if here.apart is not None and here.apart > WITHIN:
            found.append(f"{name}: {here.loss:.4f} is more than {WITHIN} above the published {here.published:.2f}")
        if last is not None and here.loss > last.loss + WORSE:
            found.append(f"{name}: {here.loss:.4f} is more than {WORSE} above {last.name}'s {last.loss:.4f}")
        last = here
    return found
