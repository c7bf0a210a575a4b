"""How a training ends in trouble: each cause becomes the log's last word, one sentence that says what would do."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from gpt.runs import Run, RunError
from gpt.storage.step_files import step_files
from gpt.train.trainer import Trainer
from gpt.weights import unfit

FULL = (errno.ENOSPC, errno.EDQUOT)
MEMORY_WORDS = ("alloc", "memory")  # the allocator has no error class of its own


class Said(RunError):
    """A trouble that the log already tells."""


def out_of_memory(error: BaseException | None) -> bool:
    """Whether memory was what was missing, for this error or for one that it came from."""
    while error is not None:
        if isinstance(error, MemoryError) or isinstance(error, OSError) and error.errno == errno.ENOMEM:
            return True
        if isinstance(error, RuntimeError) and any(word in str(error) for word in MEMORY_WORDS):
            return True
        error = error.__cause__ or error.__context__
    return False


def memory_sentence(step: int) -> str:
    """What to tell of it."""
    return f"It ran out of memory at step {step:,}: fork it with fewer sequences in a batch."


def diverged(trainer: Trainer) -> RunError:
    """The end of a run whose numbers have grown beyond all bounds; its last finite model is kept if it can be."""
    step = trainer.done
    if trainer.team.first and not unfit(trainer.model.state_dict()):
        with suppress(OSError):
            trainer.run.append(trainer.snapshot())
    told = f"The loss is not a number after step {step}; the last good step is kept."
    return RunError(f"{told} Try a learning rate ten times smaller.")


@contextmanager
def told(trainer: Trainer) -> Iterator[None]:
    """Every trouble inside becomes the log's last word and a Said with the same sentence."""
    try:
        yield
    except Exception as error:
        step = trainer.done
        if out_of_memory(error):
            raise said(trainer, "failed", memory_sentence(step)) from error
        if isinstance(error, OSError):
            raise said(trainer, "paused", disk_sentence(trainer, error)) from error
        if isinstance(error, RunError):
            raise said(trainer, "failed", str(error)) from error
        raise


def disk_sentence(trainer: Trainer, error: OSError) -> str:
    """What to tell of a disk that does not write, once the reserve is given back so that it can be told."""
    run = trainer.run
    (run.folder / "reserve").unlink(missing_ok=True)
    full = error.errno in FULL
    free = shutil.disk_usage(run.folder).free / 1e6
    why = f"The disk is full ({free:.0f} MB free)" if full else f"The run cannot be written ({error.strerror})"
    saved = max((step for step, _ in step_files(run.state)), default=0)
    advice = "Free space" if full else "Mend that"
    return (
        f"{why}: training paused at step {trainer.done:,}, the last saved step is {saved:,}. "
        f"{advice}, then press Resume."
    )


def said(trainer: Trainer, kind: str, message: str) -> Said:
    """Write the last word, if the disk lets us, and give it as an error."""
    if trainer.team.first:
        last_word(trainer.run, {"kind": kind, "step": trainer.done, "message": message})
    return Said(message)


def last_word(run: Run, line: dict[str, Any]) -> None:
    """Tell how a run ended, if the disk lets us."""
    with suppress(OSError):
        run.append(line)
