"""What the studio says about a run: how good its loss is among published ones, and what is different about it."""

from __future__ import annotations

import dataclasses

import pytest

from gpt import runs
from gpt.presets import PRESETS
from gpt.runs import control
from tests.pages.test_studio import (
    OTHER,
    home,  # noqa: F401 - keeps every test in a folder of its own
    sent,
    studio,
)

MINI = PRESETS["mini"]


def started(corpus: str = "shakespeare", losses: tuple[float, ...] = (), **changes: object) -> str:
    """A run of the size mini, perhaps with other settings, whose evaluations found these losses."""
    fields = {name: value for name, value in changes.items() if hasattr(MINI.model, name)}
    model = dataclasses.replace(MINI.model, **fields)
    train = dataclasses.replace(MINI.train, **{k: v for k, v in changes.items() if k not in fields})
    name = control.create(model, train, corpus, "mine", OTHER, str(len(runs.listing())))
    for step, loss in enumerate(losses):
        runs.find(name).append({"kind": "eval", "step": step, "train": loss, "val": loss, "seconds": 1.0})
    return name


@pytest.mark.parametrize(
    ("loss", "published", "missed"),
    [
        (4.174, "above the published bigram's 2.49", None),
        (2.45, "better than the published bigram", "one head"),
        (2.2, "better than the published many heads", "residual"),
        (2.09, "better than the published + residual", "10.8 M"),
        (1.47, "better than the published 10.8 M on a GPU", None),
    ],
)
def test_a_loss_is_compared_with_the_best_published_one_that_it_beats(
    loss: float, published: str, missed: str | None
) -> None:
    started(losses=(4.2, loss))
    note = sent(studio(), "curves")["note"]
    assert f"Validation loss {loss:.3f}: {published}" in note and (missed is None or missed not in note)


def test_no_published_loss_for_another_text_or_before_the_first_measurement() -> None:
    started(losses=())
    assert "ublished" not in sent(studio(), "curves")["note"]
    started("names", losses=(2.0,))
    shown = sent(studio(), "curves")
    assert "ublished" not in shown["note"] and shown["marks"] == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "mini: unchanged"),
        ({"n_head": 1}, "mini: n_head 4 -> 1"),
        ({"n_head": 1, "dropout": 0.2, "lr": 0.01}, "mini: n_head 4 -> 1, dropout 0.0 -> 0.2, lr 0.003 -> 0.01"),
    ],
    ids=["nothing", "one", "three"],
)
def test_what_is_different_lists_every_change_from_the_nearest_size_and_nothing_else(
    changes: dict[str, object], said: str
) -> None:
    started(**changes)
    (shown,) = studio().dataframe
    assert list(shown.value["what is different"]) == [said]
