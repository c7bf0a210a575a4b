"""The trained rungs that come with the app: a folder each in `assets/rungs`, the scaled-up one among the models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gpt import bundled, checkpoint
from gpt.checkpoint import Checkpoint
from gpt.lessons.lookup import MODELS, named
from gpt.lessons.rung import Rung
from gpt.storage.step_files import step_files

FOLDER = bundled.RUNGS
BUNDLED = {"scaled": "shakespeare"}  # rungs that are bundled models


class NotTrained(ValueError):
    """A rung without a model; the message is one sentence that says what would do."""


@dataclass(frozen=True)
class Losses:
    """A rung's losses while it learned, in nats a character: what a curve is drawn from."""

    name: str
    steps: tuple[int, ...]
    train: tuple[float, ...]
    val: tuple[float, ...]

    @property
    def gap(self) -> float:
        """Validation less training loss at the end: how much was learned by heart."""
        return self.val[-1] - self.train[-1]


def file_of(name: str) -> Path:
    """Where a rung's trained model lies. Raises NotTrained for one that has none, ConfigError for an unknown name."""
    rung: Rung = named(name)
    if name not in MODELS:
        raise NotTrained(f"Lesson {rung.number}, {rung.title}, has no model to load: choose a later rung.")
    if name in BUNDLED:
        for model in bundled.bundled():
            if model.name == BUNDLED[name]:
                return model.last
    files = step_files(FOLDER / name)
    if not files:
        raise NotTrained(f"The rung {name!r} is not trained yet: python -m gpt.lessons --only {name} does it.")
    return files[-1][1]


def shelf_name(name: str) -> str:
    """How the pickers call a rung's model."""
    return BUNDLED.get(name, f"lesson-{named(name).number}")


def is_trained(name: str) -> bool:
    """Whether this rung's model is here."""
    try:
        return file_of(name).is_file()
    except NotTrained:
        return False


@cache
def load(name: str) -> Checkpoint:
    """A rung's model: frozen, in eval mode, shared by everyone who asks. Raises NotTrained or ConfigError."""
    return checkpoint.load(file_of(name))


def known_ids(loaded: Checkpoint, text: str) -> list[int]:
    """The numbers of a text's characters, (T,); those that the model does not know are left out.

    Raises ValueError when none is left.
    """
    known = set(loaded.tokenizer.tokens)
    ids = loaded.tokenizer.encode("".join(char for char in text if char in known))
    if not ids:
        raise ValueError("The text holds no character that the model knows: type letters, spaces or new lines.")
    return ids


def losses(name: str) -> Losses:
    """What the training of a rung measured on its way."""
    lines: list[Mapping[str, Any]] = list(load(name).record.get("losses", ()))
    steps = tuple(int(line["step"]) for line in lines)
    return Losses(name, steps, tuple(line["train"] for line in lines), tuple(line["val"] for line in lines))


def loss(name: str) -> float:
    """Nats a character over the whole last tenth of the text, of the very file that is loaded."""
    record = load(name).record
    return float(record["val_loss"]) if "val_loss" in record else losses(name).val[-1]
