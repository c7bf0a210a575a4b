"""How a training ends in failure: each cause becomes the log's final event, one sentence that says what would do."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from gpt.runs import Run, RunError
from gpt.runs.log import Event, Failed, Paused
from gpt.train.resume import Store
from gpt.weights import unfit

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
MEMORY_WORDS = ("alloc", "memory")  # the allocator has no error class of its own


class LoggedFailure(RunError):
    """A failure that is the log's final event already."""


def out_of_memory(error: BaseException | None) -> bool:
    """Whether memory was what was missing, for this error or for one that it came from."""
    while error is not None:
        if isinstance(error, MemoryError) or isinstance(error, OSError) and error.errno == errno.ENOMEM:
            return True
        if isinstance(error, RuntimeError) and any(word in str(error) for word in MEMORY_WORDS):
            return True
        error = error.__cause__ or error.__context__
    return False


def memory_message(step: int) -> str:
    """What to say about it."""
    return f"It ran out of memory at step {step:,}: fork it with fewer sequences in a batch."


def diverged(store: Store) -> RunError:
    """The end of a run whose numbers have grown beyond all bounds; its last good model is kept if it can be."""
    trainer = store.trainer
    if trainer.team.first and not unfit(trainer.model.state_dict()):
        with suppress(OSError):
            store.run.append(store.keep_model())
    return RunError(
        f"The loss is not a number after step {trainer.done}; the last good step is kept. "
        "Try a learning rate ten times smaller."
    )


@contextmanager
def logged_failures(store: Store) -> Iterator[None]:
    """Every failure inside becomes the log's final event, and a LoggedFailure with the same sentence."""
    try:
        yield
    except Exception as error:
        step = store.trainer.done
        if out_of_memory(error):
            event = Failed(step, memory_message(step))
        elif isinstance(error, OSError):
            event = Paused(step, disk_message(store, error))
        elif isinstance(error, RunError):
            event = Failed(step, str(error))
        else:
            raise
        if store.trainer.team.first:
            log_event(store.run, event)
        raise LoggedFailure(event.message) from error


def disk_message(store: Store, error: OSError) -> str:
    """What to say about a disk that does not write, once the reserve is given back so that it can be said."""
    store.run.reserve.unlink(missing_ok=True)
    full = error.errno in DISK_FULL
    free = shutil.disk_usage(store.run.folder).free / 1e6
    reason = f"The disk is full ({free:.0f} MB free)" if full else f"The run cannot be written ({error.strerror})"
    saved = max((step for step, _ in store.states()), default=0)
    advice = "Free space" if full else "Mend that"
    return (
        f"{reason}: training paused at step {store.trainer.done:,}, the last saved step is {saved:,}. "
        f"{advice}, then press Resume."
    )


def log_event(run: Run, event: Event) -> None:
    """Log how a run ended, if the disk lets us."""
    with suppress(OSError):
        run.append(event)
