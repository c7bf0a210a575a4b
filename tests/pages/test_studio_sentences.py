"""What the studio says about a run: how good its loss is among published ones, and what is different about it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from gpt import runs
from gpt.presets import PRESETS
from gpt.runs import control
from gpt.runs.log import Eval
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
        runs.find(name).append(Eval(step, train=loss, val=loss, seconds=1.0))
    return name


@pytest.mark.parametrize(
    ("loss", "beaten"),
    [
        (4.174, None),
        (2.45, "2.49 of bigram"),
        (2.2, "2.28 of many heads"),
        (2.09, "2.09 of + residual"),
        (1.47, "1.48 of 10.8 M on a GPU"),
    ],
)
def test_a_loss_is_compared_with_the_best_published_one_that_it_beats(loss: float, beaten: str | None) -> None:
    """Of the drawn ones, and with no other; one that beats none is told so."""
    started(losses=(4.2, loss))
    shown = sent(studio(), "curves")
    assert f"Validation loss {loss:.3f}: " in shown["note"]
    assert f"below the {beaten} (" in shown["note"] if beaten else "above the published bigram's 2.49" in shown["note"]
    others = [mark["name"] for mark in shown["marks"] if beaten and not beaten.endswith(mark["name"])]
    assert len(others) == (len(shown["marks"]) - 1 if beaten else 0)
    assert not any(f" of {name} (" in shown["note"] for name in others)


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
    changes: dict[str, Any], said: str
) -> None:
    started(**changes)
    (shown,) = studio().dataframe
    assert list(shown.value["what is different"]) == [said]
