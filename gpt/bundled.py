"""The models that come with the app: folders in `assets/models/`, one file a kept step. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gpt.presets import PRESETS
from gpt.storage.safetensors_header import read_header

MODELS = Path(__file__).resolve().parent.parent / "assets" / "models"


@dataclass(frozen=True)
class Shelved:
    """One model and the steps of its training that are there to look at."""

    name: str
    description: str
    parameters: int
    files: tuple[tuple[int, Path], ...]  # (step, file), by step
    title: str = ""  # what people call it; the name if they do not

    @property
    def label(self) -> str:
        """How a picker shows it."""
        return f"{self.title or self.name} · {self.parameters / 1e6:.1f} M"

    @property
    def steps(self) -> tuple[int, ...]:
        """The kept steps, rising."""
        return tuple(step for step, _ in self.files)

    @property
    def last(self) -> Path:
        """The fully trained model."""
        return self.files[-1][1]

    def file(self, step: int) -> Path:
        """The file of a kept step. Raises KeyError for any other."""
        return dict(self.files)[step]


def shelved(name: str, folder: Path, description: str, title: str = "") -> Shelved | None:
    """The steps kept in a folder, or None if there is none yet."""
    files = sorted((int(path.stem.removeprefix("step-")), path) for path in folder.glob("step-*.safetensors"))
    if not files:
        return None
    _, tensors = read_header(files[-1][1].read_bytes())
    parameters = sum(math.prod(shape) for _, shape in tensors.values())
    return Shelved(name, description, parameters, tuple(files), title)


@cache
def bundled() -> tuple[Shelved, ...]:
    """Every bundled model, the largest first: what a picker offers."""
    about = {name: preset.description for name, preset in PRESETS.items()}
    # Nothing, rather than an error, when there is no such folder.
    found = [shelved(folder.name, folder, about.get(folder.name, "")) for folder in sorted(MODELS.glob("*"))]
    return tuple(sorted((model for model in found if model), key=lambda model: -model.parameters))
