"""Reading a file that others may have made: regular files only, at most so many bytes, and never a wait.

Opening a pipe waits for whoever writes into it, a link leads out of its folder, a sparse file of a terabyte fits no
memory: whatever another version, another person or a broken disk left is judged before it is read.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

# Windows has neither pipes in folders nor these flags, but would translate line ends.
FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
NO_LINKS = getattr(os, "O_NOFOLLOW", 0)


class UnfitFile(ValueError):
    """A file that is not read; the message says in a few words what it is: "a link", "over 1 MB long"."""


def refuse_kind(path: Path, mode: int) -> None:
    """Raise UnfitFile, for a folder IsADirectoryError as `open` does, unless a mode of `stat` is a regular file's."""
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if stat.S_ISLNK(mode):
        raise UnfitFile("a link")
    if not stat.S_ISREG(mode):
        raise UnfitFile("a pipe or a device")


def is_regular(path: Path) -> bool:
    """Whether a regular file is there; a link to one is none."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


def open_regular(path: Path, links: bool = False) -> int:
    """The handle of a regular file, opened to read. Raises UnfitFile for anything else, OSError when it is not there.

    With `links`, a link to a regular file will do.
    """
    refuse_kind(path, (path.stat() if links else path.lstat()).st_mode)
    handle = os.open(path, FLAGS | (0 if links else NO_LINKS))
    try:
        refuse_kind(path, os.fstat(handle).st_mode)  # it may have been exchanged meanwhile
    except BaseException:
        os.close(handle)
        raise
    return handle


def read_bounded(path: Path, most: int, links: bool = False) -> bytes:
    """All bytes of a regular file. Raises UnfitFile when it is none or longer than `most`, OSError as `open` does."""
    with os.fdopen(open_regular(path, links), "rb") as file:
        size = os.fstat(file.fileno()).st_size
        data = file.read(size + 1) if size <= most else b""  # read(n) takes n bytes of memory at once
    if size > most or len(data) > most:
        raise UnfitFile(f"over {most / 1e6:g} MB long" if most >= 1e6 else f"over {most / 1e3:g} kB long")
    return data
