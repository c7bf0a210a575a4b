"""The table of runs: which one is shown, and which are laid over it. Both are ids, whatever happens to the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gpt import runs
from gpt.runs import Status, control
from gpt.runs.log import State
from pages.ui.board import components
from pages.ui.board.panels.runs import Row, Runs
from pages.ui.state import visitor
from pages.ui.studio import words

STATES: Mapping[State, str] = {"running": "training", "queued": "waiting", "interrupted": "stopped unexpectedly"}


def state(status: Status) -> str:
    """A run's state as people say it."""
    return STATES.get(status.state, status.state)


def row(status: Status, title: str) -> Row:
    """One run, under a name that no other has."""
    return Row(
        id=status.id,
        name=title,
        state=state(status),
        about=words.about(status) if status.readable else status.message,
        readable=status.readable,
        step=status.step,
        steps=status.steps,
        val=status.val_loss,
        train=status.train_loss,
    )


def table(found: Sequence[Status]) -> tuple[Status, list[Status]]:
    """Draw all runs; the chosen one, and those that are laid over it."""
    by_id = {status.id: status for status in found}
    chosen = by_id[visitor.chosen_run(by_id)]
    picked = visitor.picked()
    over = [by_id[run] for run in picked.over if run in by_id and run != chosen.id]
    many = control.slots()
    note = (
        f"{many} can train at once here; others wait their turn. Click a run to see it; “compare” lays its losses over."
    )
    titles = runs.titles(found)
    rows = [row(status, titles[status.id]) for status in found]
    shown = Runs(note=note, rows=rows, run=chosen.id, over=[status.id for status in over], ack=picked.ack)
    components.alone(shown, key=visitor.RUNS, on_picked_change=visitor.run_picked)
    return chosen, over
