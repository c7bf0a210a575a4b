"""What the file of a training's step is called, and which step a file is of: written and read in this one place."""

from __future__ import annotations

import re
from pathlib import Path

MAX_STEP = 10_000_000
NAME = re.compile(r"step-(\d{6,8})\.safetensors")


def step_name(step: int) -> str:
    """The file name of a step."""
    return f"step-{step:06d}.safetensors"


def step_of(name: str) -> int | None:
    """The step that a file name tells, or None for any name that `step_name` does not write."""
    found = NAME.fullmatch(name)
    step = int(found[1]) if found else -1
    return step if 0 <= step <= MAX_STEP and step_name(step) == name else None


def step_files(folder: Path) -> list[tuple[int, Path]]:
    """The steps that a folder holds files of, rising (as text, those above 999,999 would not be), each with its file.

    Nothing when there is no such folder.
    """
    names = [(step_of(path.name), path) for path in folder.glob("step-*.safetensors")]
    return sorted((step, path) for step, path in names if step is not None)
