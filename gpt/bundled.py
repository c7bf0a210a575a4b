"""The models that come with the app: folders in `assets/models` and `assets/rungs`, one file a kept step. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gpt.numerals import count
from gpt.presets import PRESETS
from gpt.storage.safetensors_header import read_header
from gpt.storage.step_files import step_files

ASSETS = Path(__file__).resolve().parent.parent / "assets"
MODELS = ASSETS / "models"
RUNGS = ASSETS / "rungs"  # the lessons' models
TEXTS = ASSETS / "lessons"  # whose texts give them their titles: 05-heads.md begins with "# 5 · Many heads"


@dataclass(frozen=True)
class Shelved:
    """One model and the steps of its training that are there to look at."""

    name: str
    description: str
    parameters: int
    files: tuple[tuple[int, Path], ...]  # (step, file), by step
    title: str = ""  # what people call it; the name if they do not
    mark: str = ""  # where it is from; the last word of its label, so that no title can pretend to it

    @property
    def label(self) -> str:
        """How a picker shows it."""
        return " · ".join(part for part in (self.title or self.name, count(self.parameters), self.mark) if part)

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


def shelved(name: str, folder: Path, description: str, title: str = "", mark: str = "") -> Shelved | None:
    """The steps kept in a folder, or None if there is none yet."""
    files = step_files(folder)
    if not files:
        return None
    _, tensors = read_header(files[-1][1].read_bytes())
    parameters = sum(math.prod(shape) for _, shape in tensors.values())
    return Shelved(name, description, parameters, tuple(files), title, mark)


@cache
def bundled() -> tuple[Shelved, ...]:
    """Every bundled model, the largest first: what a picker offers."""
    about = {name: preset.description for name, preset in PRESETS.items()}
    # Nothing, rather than an error, when there is no such folder.
    folders = sorted(MODELS.glob("*"))
    found = [shelved(folder.name, folder, about.get(folder.name, ""), mark="bundled") for folder in folders]
    return tuple(sorted((model for model in found if model), key=lambda model: -model.parameters))


@cache
def rungs() -> tuple[Shelved, ...]:
    """The lessons' models by lesson, named lesson-2, lesson-3, ...; a lesson without one of its own is left out."""
    found = []
    for text in sorted(TEXTS.glob("[0-9][0-9]-*.md")):
        number, _, rung = text.stem.partition("-")
        title = text.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
        about = f"The model of lesson {int(number)}, as small as its one new part allows to see."
        found.append(shelved(f"lesson-{int(number)}", RUNGS / rung, about, f"Lesson {title}"))
    return tuple(model for model in found if model)


def shelf() -> tuple[Shelved, ...]:
    """All models that come with the app, in the order of the pickers: the bundled ones, then the lessons'."""
    return bundled() + rungs()
