"""Writing files so that a crash never leaves half of one: temp name, fsync, rename, fsync the folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_durable(path: Path, data: bytes) -> None:
    """Put `data` at `path` as a whole or not at all; when this returns, it survives a power cut.

    The temporary file lies in the same folder, so the rename stays within one file system, and has a name of its own,
    so two writers never share one. Raises OSError.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.tmp-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)  # mkstemp makes files that nobody else may read
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sweep(folder: Path) -> None:
    """Remove what writers that died in `folder` left half written. Only for who knows that no writer is alive there."""
    for left in folder.glob(".*.tmp-*"):
        left.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` durable (Windows cannot, and does not need to, open folders)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
