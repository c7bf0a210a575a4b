"""Work that takes longer than a key may: done once for all visitors, in a thread, while the page says how far it is."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakSet

R = TypeVar("R")
BREATH = 0.002  # seconds between two parts of the work, for whoever types meanwhile
PATIENCE = 10.0  # seconds that the server's end waits for the part under way

_over = threading.Event()  # the server ends
_threads: WeakSet[threading.Thread] = WeakSet()  # that are told so; one that is done is forgotten


class Over(Exception):
    """The server ends: nobody waits for the result."""


class Work(Generic[R]):
    """One piece of work. `result` is None until it is there, `problem` says why it will never be."""

    def __init__(self, job: Callable[[Callable[[float], None]], R]) -> None:
        self.share = 0.0  # that is done
        self.result: R | None = None
        self.problem = ""
        self.thread = threading.Thread(target=self._do, args=(job,), name="background work", daemon=True)
        self.thread.start()
        end_with_the_server(self.thread)

    def _do(self, job: Callable[[Callable[[float], None]], R]) -> None:
        try:
            self.result = job(self._tell)
            self.share = 1.0
        except (ValueError, OSError, KeyError) as error:
            self.problem = str(error)
        except Over:
            self.problem = "The server ends."
        finally:
            if self.result is None:  # nobody may wait for ever
                self.problem = self.problem or "This could not be worked out; please report it with the link."

    def _tell(self, share: float) -> None:
        """How far it is; and a pause in which others come by the processor."""
        self.share = share
        if rest(BREATH):
            raise Over

    def wait(self, seconds: float) -> R | None:
        """The result, if it is there by then: for what is nearly always quick, and for tests."""
        self.thread.join(seconds)
        return self.result


def rest(seconds: float) -> bool:
    """A pause for whoever types meanwhile; True once the server ends, and nothing more is to be begun."""
    return _over.wait(seconds)


def end_with_the_server(thread: threading.Thread) -> None:
    """When Python ends, this thread is told so, and waited for."""
    _threads.add(thread)
    atexit.unregister(end)  # once, and ahead of what was registered before this thread began
    atexit.register(end)


def end() -> None:
    """No further part. A thread that is in a library when Python ends takes the whole process down with it."""
    _over.set()
    for thread in list(_threads):
        thread.join(PATIENCE)
