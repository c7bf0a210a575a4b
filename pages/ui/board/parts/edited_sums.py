"""Worked sums under a stack of edits: the lines of PyTorch make the edits, and an edited number says that it is one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gpt.analysis import stacks
from gpt.analysis.edit_lines import write_lines
from pages.ui.state import reading
from pages.ui.state.reading import Reading

if TYPE_CHECKING:
    from pages.ui.board.panels.worked import Worked

ROUNDING = 1e-4  # of a number, or of 1: what a sum may differ by without an edit
MODEL, SWITCHED, SEEN = "model = ", "model, edits = switched(", "seen = trace(model, "


def honest(seen: Reading, sum_: Worked, shown: float, own: float) -> Worked:
    """The panel as it must be with edits; without, as it was. `shown` is the number, `own` what its sum gives."""
    if not seen.edited or not sum_.formula:
        return sum_
    made = replace(sum_, code=with_edits(seen, sum_.code))
    if sum_.difference <= ROUNDING * max(1.0, abs(shown)):
        return made
    said = f"This number is edited: {shown:.6g} was put here. What flows into it would give {own:.6g}."
    return replace(made, terms=(), difference=0.0, sum=said)


def with_edits(seen: Reading, code: str) -> str:
    """Lines that load a model and trace a prompt, with the edits that are made here."""
    if seen.flow is None or SEEN not in code:
        return code
    ids, other = list(seen.ids), list(reading.stack_of(seen.inputs)[1])
    made = f"{ids}, read_lines({write_lines(seen.flow.lines)!r}), {other})"
    lines = ["from gpt.analysis.stacks import build, read_lines"]
    for line in code.split("\n"):
        if line.startswith(MODEL):
            lines.append(f"model, edits = build({line.removeprefix(MODEL)}, {made}")
        elif line.startswith(SWITCHED):
            model, rest = line.removeprefix(SWITCHED).split(".model, ", 1)
            rows = write_lines(stacks.edits_on(seen.model, ids, seen.flow.lines, other)[0])
            lines += [f"edited, _ = build({model}.model, {made}", f"{SWITCHED}edited, {rest}"]
            lines.append(f"edits = (*build(model, {ids}, read_lines({rows!r}), {other})[1], *edits)")
        elif line.startswith(SEEN):
            lines.append(line if line.endswith(", edits)") else line.removesuffix(")") + ", edits)")
        else:
            lines.append(line)
    return "\n".join(lines)
