"""A ready pair of prompts is opened: its model reads it, B is the other prompt, and nothing is edited. No session."""

from __future__ import annotations

from dataclasses import replace

from gpt.analysis.ready_pairs import READY
from pages.ui import cache
from pages.ui.state import changes
from pages.ui.state.choices.compare import CompareChoice
from pages.ui.state.choices.patching import PatchChoice
from pages.ui.state.inputs import Inputs


def opened(inputs: Inputs, key: object) -> Inputs:
    """The choices with this pair; as they were, if there is none of that name."""
    one = next((one for one in READY if one.key == key), None)
    if one is None or one.model not in cache.offered():
        return inputs
    changed = changes.to_model(replace(inputs, notices=()), one.model)
    return replace(
        changed,
        text=one.a,
        written=(),
        cell=None,
        probe=replace(changed.probe, other=one.b, edits=()),
        compare=CompareChoice(swaps=inputs.compare.swaps),
        patching=PatchChoice(site=one.site),
    )
