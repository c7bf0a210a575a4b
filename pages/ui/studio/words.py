"""How the studio says things: what is different about a run ("n_head 4 → 1"), how long something takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gpt import runs
from gpt.config import GPTConfig, TrainConfig
from gpt.presets import PRESETS, Preset
from gpt.runs import Status

SETTINGS = {**GPTConfig.settings(), **TrainConfig.settings()}
MOST = 5  # differences that are told


def differences(base: Mapping[str, Any], fields: Mapping[str, Any]) -> list[str]:
    """Every field that a visitor may choose and that differs, as "name old → new"; how many byte pairs, too."""
    pairs = base.get("tokenizer") == fields.get("tokenizer") == "bpe"
    return [
        f"{name} {one.written(base[name])} → {one.written(fields[name])}"
        for name, one in SETTINGS.items()
        if (one.in_form or (name == "vocab_size" and pairs))
        and name in base
        and name in fields
        and base[name] != fields[name]
    ]


def recipe(preset: Preset, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe's fields; the numbers that it was made in and "auto" are both its own."""
    train = preset.train if fields.get("precision") == preset.train.precision else preset.anywhere
    return {**preset.model.to_json(), **train.to_json()}


def about(status: Status) -> str:
    """What differs from the run it was forked from, or from the nearest recipe."""
    fields = {**status.model, **status.train}
    unknown = ""
    if status.imported:
        del fields["steps"]  # as far as this file goes, not what was planned
        unknown = "" if len(status.train) > 1 else "; how it was trained is not known"
    known = {name: recipe(preset, fields) for name, preset in PRESETS.items()}
    if status.parent:
        try:
            parent = runs.status_of(status.parent)
            if not parent.readable:
                return f"forked at step {status.parent_step:,} of a run that cannot be read"
            known = {f"{parent.name} at step {status.parent_step:,}": {**parent.model, **parent.train}}
        except ValueError:
            if status.parent not in known:
                return f"forked at step {status.parent_step:,} of a run that is gone"
            known = {f"{status.parent} at step {status.parent_step:,}": known[status.parent]}
    name = min(known, key=lambda n: len(differences(known[n], fields)))
    found = differences(known[name], fields)
    more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
    return f"{name}: " + (", ".join(found[:MOST]) + more if found else "unchanged") + unknown


def duration(seconds: float) -> str:
    """A time in its unit: "40 s", "3.2 min", "1.5 h"."""
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 59.95 * 60 else f"{seconds / 3600:.1f} h"
