"""Logs of one JSON object a line, which are only ever added to, and read while someone writes to them.

A log may be another's: only a regular file is read, of one look at most `MOST` bytes, and no line beyond `LONGEST`.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from gpt.storage.bounded import FLAGS, NO_LINKS, open_regular

Mark = tuple[int, int]  # which file, and how many of its bytes were read
START: Mark = (0, 0)
LONGEST = 1 << 18  # bytes of a line; a sample of 200 characters takes about 1 kB
APPEND = os.O_RDWR | os.O_CREAT | os.O_APPEND | FLAGS | NO_LINKS
MOST = 1 << 22  # bytes of one look: a training of 4,000 logged steps takes less than half of it


class Tail(NamedTuple):
    """What a log holds beyond a mark."""

    lines: tuple[dict[str, Any], ...]
    mark: Mark  # where to go on next time
    bad: int  # lines that are none of ours: damaged, too long, or torn by a crash
    again: bool  # the log is another one than before (or this is the first look): `lines` starts from the beginning


def read_line(line: bytes) -> dict[str, Any] | None:
    """The JSON object of one line, or None when it is none."""
    try:
        value = json.loads(line) if len(line) <= LONGEST else None
    except (ValueError, RecursionError):  # a thousand brackets: not a line of ours
        return None
    return value if isinstance(value, dict) else None


def whole_lines(content: bytes) -> tuple[list[dict[str, Any]], int]:
    """Every complete line that is a JSON object, and how many are not. A last line without its end is not counted."""
    found = [read_line(line) for line in content.split(b"\n")[:-1]]
    lines = [line for line in found if line is not None]
    return lines, len(found) - len(lines)


def tail(path: Path, mark: Mark = START) -> Tail:
    """The lines of a log that were added since `mark`; a line that is still being written is left for the next time.

    Where more than `MOST` bytes were added, only the lines in the first and the last half of that many: how it began,
    and how it stands. Raises UnfitFile for no regular file.
    """
    try:
        handle = open_regular(path)
    except FileNotFoundError:
        return Tail((), START, 0, mark != START)
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(file.fileno())
        again = mark == START or about.st_ino != mark[0] or about.st_size < mark[1]
        begin = 0 if again else mark[1]
        if about.st_size == begin:
            return Tail((), (about.st_ino, begin), 0, again)
        first: list[dict[str, Any]] = []
        damaged = 0
        if about.st_size - begin > MOST:
            content = read_from(file, begin, MOST // 2)
            first, damaged = whole_lines(content)
            begin = about.st_size - MOST // 2
        content = read_from(file, begin, about.st_size - begin)
    lines, bad = whole_lines(content)
    end = about.st_size - len(content) + content.rfind(b"\n") + 1
    if about.st_size - end > LONGEST:  # a line too long to be one of ours is not waited for
        end, bad = about.st_size, bad + 1
    return Tail((*first, *lines), (about.st_ino, end), damaged + bad, again)


def read_from(file: BinaryIO, begin: int, size: int) -> bytes:
    """So many bytes from `begin` on, but for the rest of a line that began before (one too long, or one skipped)."""
    file.seek(max(0, begin - 1))
    before = file.read(1) if begin else b"\n"
    content = file.read(size)
    return content if before == b"\n" else content[content.find(b"\n") + 1 or len(content) :]


def raw_lines(path: Path) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Every complete line of a whole log that is a JSON object: its bytes, the end of line among them, and the object.

    Nothing when there is no log. Raises UnfitFile for no regular file.
    """
    try:
        handle = open_regular(path)
    except FileNotFoundError:
        return
    with os.fdopen(handle, "rb") as file:
        whole = True  # whether what is read next begins a line
        while part := file.readline(LONGEST + 1):
            ends = part.endswith(b"\n")
            value = read_line(part) if whole and ends else None
            whole = ends
            if value is not None:
                yield part, value


def append(path: Path, data: bytes) -> None:
    """Add one line to a log in one write. Raises OSError, and leaves the log as it was, when it does not fit.

    A torn last line, left by a writer that was killed, is closed first, so that it spoils no other.
    """
    handle = os.open(path, APPEND, 0o644)
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
