"""The bar that tells of a stack of edits, above the board of every page that shows a model; none without one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gpt.analysis.edit_lines import Line, write_lines
from pages.ui.board.panel import Panel
from pages.ui.state import reading
from pages.ui.state.inputs import Inputs
from pages.ui.state.reading import Reading

AS_TRAINED = {  # panels that show the model without the edits, by what they are called
    "cachemap": "the times of the cache",
    "fires": "where a neuron fires most",
    "gradient": "the gradients",
    "habits": "where a head does it most",
    "renamed": "the shuffled ids",
    "sample": "what it writes by itself",
    "shuffled": "the shuffled prompt",
    "timeline": "the curves of the training",
}
ASKED = {"fires", "shuffled"}  # where they stand, the questions are about the model as trained
SHOWN = 3  # lines that are said; the page Edits has them all


@dataclass(frozen=True, kw_only=True, eq=False)
class Stack(Panel):
    """What is edited, and what of it could not be made here. It tells `edits` as `choice`, in the link's words."""

    name = "stack"
    title: str
    active: bool  # whether any line is switched on
    said: Sequence[str]  # lines that are made here, the first of them
    more: int  # made besides those
    left: Sequence[tuple[str, str]]  # a line that could not be made, and the sentence why
    now: str  # the stack in words of the link
    trained: str  # what of the page shows the model as it was trained, in a sentence
    off: str  # with all lines switched off
    on: str  # and switched on
    cleared: str  # the stack that was taken away; "" where there is one, or none was


def panel(chosen: Inputs, page: Iterable[str] = ()) -> Stack | None:
    """The bar above panels of these names; None without a stack, and without one that was just taken away."""
    lines, gone = chosen.probe.edits, chosen.probe.cleared
    if not lines and not gone:
        return None
    seen = reading.read(chosen)
    made, left = found(seen)
    return Stack(
        title=title(lines, made, gone),
        active=bool(chosen.probe.active),
        said=[told(seen, line) for line in made[:SHOWN]],
        more=max(len(made) - SHOWN, 0),
        left=[(told(seen, line), why) for line, why in left],
        trained=as_trained(page) if made else "",
        now=write_lines(lines),
        off=write_lines(replace(line, on=False) for line in lines),
        on=write_lines(replace(line, on=True) for line in lines),
        cleared=write_lines(gone),
    )


def found(seen: Reading) -> tuple[tuple[Line, ...], tuple[tuple[Line, str], ...]]:
    """The lines that are made, and those that are left out; without a token those that are on."""
    return (seen.flow.lines, seen.flow.left) if seen.flow else (seen.inputs.probe.active, ())


def as_trained(page: Iterable[str]) -> str:
    """What of a page's panels does not follow the edits."""
    names = list(page)
    rest = [AS_TRAINED[name] for name in names if name in AS_TRAINED]
    rest += ["the questions"] if "guess" in names and ASKED.intersection(names) else []
    return f"As trained, without them: {', '.join(rest)}." if rest else ""


def told(seen: Reading, line: Line) -> str:
    """A line in words."""
    from gpt.analysis.edit_said import said

    return said(line, seen.tokens, seen.vocabulary)


def title(lines: Sequence[Line], made: Sequence[Line], gone: Sequence[Line]) -> str:
    """How many edits there are."""
    if not lines:
        return f"{edits(len(gone))} taken away: this is the model as it was trained."
    off = sum(not line.on for line in lines)
    if off == len(lines):
        return f"{edits(off)}, switched off: this is the model as it was trained."
    rest = f", {off} switched off" if off else ""
    return f"{edits(len(made))} active{rest}{':' if made else '.'}"


def edits(count: int) -> str:
    """So many edits."""
    return f"{count} edit{'' if count == 1 else 's'}"
