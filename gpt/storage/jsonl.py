"""Logs of one JSON object a line, which are only ever added to, and read while someone writes to them."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any, NamedTuple

Mark = tuple[int, int]  # which file, and how many of its bytes were read
START: Mark = (0, 0)


class Tail(NamedTuple):
    """What a log holds beyond a mark."""

    lines: tuple[dict[str, Any], ...]
    mark: Mark  # where to go on next time
    bad: int  # lines that are none of ours: damaged, or torn by a crash
    again: bool  # the log is another one than before (or this is the first look): `lines` starts from the beginning


def whole_lines(content: bytes) -> tuple[list[dict[str, Any]], int]:
    """Every complete line that is a JSON object, and how many are not. A last line without its end is not counted."""
    found, bad = [], 0
    for line in content.split(b"\n")[:-1]:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):  # a thousand brackets: not a line of ours
            value = None
        if isinstance(value, dict):
            found.append(value)
        else:
            bad += 1
    return found, bad


def tail(path: Path, mark: Mark = START) -> Tail:
    """The lines of a log that were added since `mark`; a line that is still being written is left for the next time."""
    try:
        with path.open("rb") as file:
            about = os.fstat(file.fileno())
            again = mark == START or about.st_ino != mark[0] or about.st_size < mark[1]
            begin = 0 if again else mark[1]
            if about.st_size == begin:
                return Tail((), (about.st_ino, begin), 0, again)
            file.seek(begin)
            content = file.read()
    except FileNotFoundError:
        return Tail((), START, 0, mark != START)
    lines, bad = whole_lines(content)
    return Tail(tuple(lines), (about.st_ino, begin + content.rfind(b"\n") + 1), bad, again)


def append(path: Path, data: bytes) -> None:
    """Add one line to a log in one write. Raises OSError, and leaves the log as it was, when it does not fit.

    A torn last line, left by a writer that was killed, is closed first, so that it spoils no other.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        size = os.fstat(handle).st_size
        if size:
            os.lseek(handle, size - 1, os.SEEK_SET)
            if os.read(handle, 1) != b"\n":
                data = b"\n" + data
        if os.write(handle, data) < len(data):
            os.ftruncate(handle, size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(handle)
