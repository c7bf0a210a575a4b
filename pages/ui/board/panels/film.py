"""The film of one training step: its scenes, every tensor's numbers and gradients, and what one can turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gpt.lessons.training_step.setting import COUNT, LAST_SEED, OPTIMIZERS, RATES, STEPS
from pages.ui.board.filmed import scenes, tensors
from pages.ui.board.filmed.tensors import Drawn
from pages.ui.board.filmed.view import View
from pages.ui.board.panel import Panel, array


@dataclass(frozen=True, kw_only=True, eq=False)
class Film(Panel):
    """Tensors one behind the other. It tells each of the choices as `choice`."""

    name = "film"
    N: int  # numbers in all
    note: str
    optimizers: Sequence[tuple[str, str]]  # word and name
    rates: Sequence[str]
    last_seed: int
    steps: int
    optimizer: str
    rate: str
    seed: int
    taken: int
    scene: int
    weight: str  # the followed one, as "query.3.2"
    scenes: Sequence[Mapping[str, Any]]
    tensors: Sequence[Mapping[str, Any]]
    values: np.ndarray = array("float32", "N")
    gradients: np.ndarray = array("float32", "N")  # NaN: there is none


def panel(view: View) -> Film:
    """The chosen step of the chosen film."""
    chosen, drawn = view.chosen, tensors.everything(view)
    order = {"|": -1, **{name: i for i, name in enumerate(drawn)}}
    told = [{**asdict(one), "show": [order[name] for name in one.show]} for one in scenes.scenes(view)]
    values = np.concatenate([one.values.ravel() for one in drawn.values()]).astype(np.float32)
    return Film(
        N=len(values),
        note=f"A GPT of {COUNT} numbers learns from one batch, slowly. Click any weight to follow it.",
        optimizers=list(OPTIMIZERS.items()),
        rates=[f"{rate:g}" for rate in RATES],
        last_seed=LAST_SEED,
        steps=STEPS,
        optimizer=chosen.optimizer,
        rate=f"{chosen.rate:g}",
        seed=chosen.seed,
        taken=chosen.taken,
        scene=chosen.scene,
        weight=view.place.word,
        scenes=told,
        tensors=[described(one) for one in drawn.values()],
        values=values,
        gradients=np.concatenate([slopes(one) for one in drawn.values()]).astype(np.float32),
    )


def slopes(one: Drawn) -> np.ndarray:
    """A tensor's gradients in a row, NaN where it has none."""
    return (np.full(one.values.shape, np.nan) if one.gradients is None else one.gradients).ravel()


def described(one: Drawn) -> dict[str, Any]:
    """A tensor without its numbers."""
    R, C = one.values.shape
    words = {name: list(getattr(one, name)) for name in ("rows", "columns", "down", "across", "split", "text", "marks")}
    return {"R": R, "C": C, **words, **{n: getattr(one, n) for n in ("name", "title", "shape", "kind", "weight")}}
