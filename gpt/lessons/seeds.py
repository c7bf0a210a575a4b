"""What hangs on the seed: each rung trained three times, and what was measured of each. No torch.

`python -m gpt.lessons --seeds FOLDER` trains them and writes the file that is read here; see `train_seeds.py`.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from gpt.config import ConfigError, GPTConfig
from gpt.lessons.ladder import HEAD, HEADS, NORM
from gpt.lessons.lookup import MODELS, named
from gpt.lessons.rung import TEXTS, Rung

SEEDS = (1337, 1338, 1339)  # the first is that of the rungs that come with the app
FILE = TEXTS / "seeds.json"


def unscaled(name: str, model: GPTConfig) -> Rung:
    """A rung whose scores are not divided by sqrt(D)."""
    rung = named(name)
    title = f"{rung.title}, scores not divided"
    bare = dataclasses.replace(model, attention_scale=False)
    return dataclasses.replace(rung, name=f"{name}-unscaled", title=title, model=bare, before=name, lesson=name)


# All that is trained here but the four sizes, whose largest would take longer than all others together.
VARIANTS: Mapping[str, Rung] = {
    rung.name: rung
    for rung in (
        *(rung for name, rung in MODELS.items() if rung.trained_here and not name.startswith("size-")),
        unscaled("head", HEAD),
        unscaled("heads", HEADS),
        unscaled("norm", NORM),
    )
}


@cache
def recorded() -> dict[str, list[dict[str, Any]]]:
    """What was measured, by variant: one entry a seed, in the order of SEEDS; nothing before it was ever measured."""
    if not FILE.is_file():
        return {}
    found: dict[str, list[dict[str, Any]]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def measured(name: str, what: str) -> tuple[Any, ...]:
    """One measurement of a variant, one value a seed. Raises ConfigError for one that was not made."""
    entries = recorded().get(name, [])
    if not entries or any(what not in entry for entry in entries):
        raise ConfigError(f"{what} of {name!r} was not measured with other seeds.")
    return tuple(entry[what] for entry in entries)


def losses(name: str) -> tuple[float, ...]:
    """Nats a character over the whole last tenth of the text, one a seed. Raises ConfigError as `measured` does."""
    return measured(name, "loss")
