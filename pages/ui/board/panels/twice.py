"""A text written with the edits and without, by the same draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gpt.config import LAST_SEED
from pages.ui.board.edited import Sides
from pages.ui.board.panel import Panel
from pages.ui.derived import edited_texts
from pages.ui.derived.edited_texts import LENGTH, Asked
from pages.ui.state import reading
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Twice(Panel):
    """Both texts. It asks `again` while they are written, and tells another seed as `knobs`."""

    name = "twice"
    sentence: str
    texts: Sequence[Sequence[str]] = ()
    parts: int | None = None
    busy: float | None = None
    settings: Mapping[str, Any]
    lastSeed: int  # noqa: N815 # as the browser calls it


def panel(seen: Reading, found: Sides | None) -> Twice:
    """What is written so far."""
    knobs = seen.inputs.knobs
    plain = {"settings": knobs.to_json(), "lastSeed": LAST_SEED}
    if found is None:
        return Twice(sentence="Type a character: the model goes on from it, without the edits and with them.", **plain)
    inputs, stack = seen.inputs, reading.stack_of(seen.inputs)
    model = (inputs.model, inputs.step)
    asked = [Asked(*model, seen.ids, (), (), knobs), Asked(*model, seen.ids, *stack, knobs)][: 1 + found.changed]
    jobs = [edited_texts.looked(one) for one in asked]
    written = [job.ids for job in jobs]
    done = min(job.done for job in jobs)
    draws = "the likeliest token each time" if knobs.greedy else f"seed {knobs.seed}, temperature {knobs.temperature:g}"
    how = f"{LENGTH} tokens, {draws}."
    if not found.changed:
        return Twice(
            sentence=f"{how} Without an edit both are the same text.",
            texts=[[seen.vocabulary[i] for i in written[0]]] * 2,
            busy=None if done >= 1 else done,
            **plain,
        )
    from gpt.analysis.before_after import parting

    parts = parting(*written)
    waits = f"Writing: {round(100 * done)} %." if done < 1 else f"All {LENGTH} are the same."
    return Twice(
        sentence=f"{how} {f'They part at token {parts + 1}.' if parts is not None else waits}",
        texts=[[seen.vocabulary[i] for i in ids] for ids in written],
        parts=parts,
        busy=None if done >= 1 else done,
        **plain,
    )
