"""A disk that fails once, at any chosen operation: crash, full, broken, or half a write (after SQLite's test6.c)."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from gpt.storage import atomic, jsonl

MODES = ("crash", "full", "broken", "short")


class Crash(BaseException):
    """The process is gone: nothing that it would have done any more is done."""


class Disk:
    """Counts what `gpt.storage` asks of the operating system; operation number `at` fails, once."""

    def __init__(self, at: int = -1, mode: str = "crash") -> None:
        self.at, self.mode = at, mode
        self.count, self.dead = 0, False
        self.writes: list[int] = []  # which operations can be cut short

    def ask(self, write: Callable[[], Any] | None = None) -> bool:
        """One operation. Returns whether it should be done, after `write` did half of it; raises as a disk would."""
        if self.dead:
            raise Crash
        self.count += 1
        if write:
            self.writes.append(self.count - 1)
        if self.count - 1 != self.at:
            return True
        if self.mode == "short" and write:
            write()
            self.dead = True
            raise Crash
        if self.mode in ("crash", "short"):
            self.dead = True
            raise Crash
        code = errno.ENOSPC if self.mode == "full" else errno.EIO
        raise OSError(code, os.strerror(code))

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, asked for first."""

        def asked(*arguments: Any, **options: Any) -> Any:
            self.ask()
            return function(*arguments, **options)

        return asked

    def write(self, handle: int, data: bytes) -> int:
        """os.write: a short one writes half, and then the process is gone."""
        self.ask(lambda: os.write(handle, data[: len(data) // 2]))
        return os.write(handle, data)

    def fdopen(self, handle: int, mode: str) -> Any:
        """os.fdopen, whose writes go through here."""
        disk, file = self, os.fdopen(handle, mode)

        class File:
            def __enter__(self) -> File:
                return self

            def __exit__(self, *error: object) -> None:
                file.close()

            def write(self, data: bytes) -> int:
                disk.ask(lambda: file.write(data[: len(data) // 2]))
                return file.write(data)

            def flush(self) -> None:
                disk.ask()
                file.flush()

            def fileno(self) -> int:
                return file.fileno()

        return File()

    @contextmanager
    def attached(self) -> Iterator[Disk]:
        """Put this disk below `gpt.storage`."""

        class System:
            """The module os, with what writes asked for first."""

            open, fsync = staticmethod(self.wrap(os.open)), staticmethod(self.wrap(os.fsync))
            fdopen, write = staticmethod(self.fdopen), staticmethod(self.write)

            def __getattr__(self, name: str) -> Any:
                return getattr(os, name)

        class Names:
            """The module tempfile."""

            mkstemp = staticmethod(self.wrap(tempfile.mkstemp))

        methods = {name: getattr(Path, name) for name in ("replace", "chmod", "unlink")}
        with (
            mock.patch.object(atomic, "os", System()),
            mock.patch.object(atomic, "tempfile", Names()),
            mock.patch.object(jsonl, "os", System()),
        ):
            for name, method in methods.items():
                setattr(Path, name, self.wrap(method))
            try:
                yield self
            finally:
                for name, method in methods.items():
                    setattr(Path, name, method)
