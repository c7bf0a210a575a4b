"""What a run's folders hold: kept models, bytes, what was read last. Regular files alone are read, and only so many."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from gpt.runs.folder import Run, RunError, find
from gpt.runs.log import Reading
from gpt.storage.bounded import UnfitFile, is_regular, read_bounded
from gpt.storage.step_files import step_name, step_of

MOST_FILES = 5_000  # in one folder of a run: twice the steps that may be kept, and temporary files
MOST_READING = 4_000_000  # bytes of what was read last: 8,192 tokens of a few letters
MOST_MODEL = 1 << 31  # bytes of a model file that is sent to a browser


def entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """What a folder of a run holds. Raises UnfitFile for one that is none, or that holds far too much."""
    try:
        if not stat.S_ISDIR(folder.lstat().st_mode):
            raise UnfitFile(f"{folder.name!r} in it is no folder")
        with os.scandir(folder) as found:
            for count, entry in enumerate(found):
                if count >= MOST_FILES:
                    raise UnfitFile(f"its folder {folder.name!r} holds more than {MOST_FILES:,} files")
                yield entry
    except FileNotFoundError:
        return
    except OSError as error:
        raise UnfitFile(f"its folder {folder.name!r} is not readable ({error.strerror})") from error


def kept_steps(run: Run) -> tuple[int, ...]:
    """The steps there are models of, rising: regular files alone, no links. Raises UnfitFile."""
    files = [entry for entry in entries(run.steps) if entry.is_file(follow_symlinks=False)]
    return tuple(sorted(step for step in (step_of(file.name) for file in files) if step is not None))


def size_of(run: Run) -> int:
    """The bytes of a run on disk. Raises UnfitFile."""
    total = 0
    for folder in (run.steps, run.state, run.folder):
        for entry in entries(folder):
            if entry.is_file(follow_symlinks=False):
                with suppress(OSError):  # removed meanwhile
                    total += entry.stat(follow_symlinks=False).st_size
    return total


def step_file(name: str, step: int) -> Path:
    """The model file of a kept step. Raises RunError for a step that is not kept."""
    path = find(name).steps / step_name(step)
    if path.parent.is_symlink() or not is_regular(path):
        raise RunError(f"Step {step:,} of this run is not kept: choose one of its kept steps.")
    return path


def export(name: str, step: int | None = None) -> bytes:
    """One kept step, the last if none is named, as the bytes of a model file. Raises RunError."""
    if step is None:
        step = max(kept_steps(find(name)), default=-1)
    try:
        return read_bounded(step_file(name, step), MOST_MODEL)
    except UnfitFile as error:
        raise RunError(f"The file of step {step:,} is {error}: choose another of its kept steps.") from error


def reading(name: str) -> Reading | None:
    """What the trainer read last before its latest evaluation, if that was written down. Raises RunError."""
    path = find(name).reading
    try:
        return Reading.from_json(json.loads(read_bounded(path, MOST_READING)))
    except (OSError, ValueError, RecursionError):
        return None
