"""What the studio says about a run: how good its loss is among published ones, and what is different about it."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest

from gpt import checkpoint, runs
from gpt.config import TrainConfig
from gpt.model import GPT
from gpt.presets import PRESETS
from gpt.published import PUBLISHED, standing
from gpt.runs import control
from gpt.runs.create import Asked
from gpt.runs.log import Eval
from gpt.tokenizers import CharTokenizer
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
    train = dataclasses.replace(MINI.anywhere, **{k: v for k, v in changes.items() if k not in fields})
    name = control.create(model, train, corpus, "mine", OTHER, str(len(runs.listing())))
    for step, loss in enumerate(losses):
        runs.find(name).append(Eval(step, train=loss, val=loss, seconds=1.0))
    return name


@pytest.mark.parametrize(
    ("loss", "below", "above"),
    [
        (4.174, "", "2.49 (bigram: a table of 65 x 65)"),
        (2.45, "2.49 (bigram: ", "2.40 (one head: 1 head, width 32, context 8)"),
        (2.2, "2.28 (many heads: ", "2.09 (+ residual: "),
        (1.47, "1.48 (10.8 M on a GPU: 6 layers, 6 heads, width 384, context 256, dropout 0.2)", ""),
    ],
)
def test_a_loss_lies_between_the_nearest_published_ones(loss: float, below: str, above: str) -> None:
    """And it names no other; whatever the step, it says nothing but what follows from the numbers."""
    started(losses=(4.2, loss))
    shown = sent(studio(), "curves")
    told = shown["note"].partition(f"Validation loss {loss:.3f}: ")[2]
    assert told and f"below {below}".lower() in told.lower() if below else "below" not in told.lower()
    assert f"above {above}".lower() in told.lower() if above else "above" not in told.lower()
    named = [mark["name"] for mark in shown["marks"] if f"({mark['name']}: " in told]
    assert len(named) == bool(below) + bool(above) and "Published: " in told
    assert "at first" not in told


def test_a_loss_as_good_as_a_published_one_is_neither_above_nor_below_it() -> None:
    told = standing(2.09)
    assert told.startswith("below 2.28 (many heads: ") and ", level with 2.09 (+ residual: " in told
    assert told.count("Published: ") == 1 and all(one.source in told for one in (PUBLISHED["bigram"],))


@pytest.mark.parametrize("loss", [x / 100 for x in range(120, 450, 7)])
def test_the_sentence_is_true_of_every_loss(loss: float) -> None:
    """Each number that it names is a published one, on the side that it says."""
    known = {one.loss: one for one in PUBLISHED.values()}
    found = re.findall(r"(above|below|level with) (\d\.\d+) \((.*?): ", standing(loss), re.IGNORECASE)
    assert found
    for word, number, name in found:
        other = known[float(number)]
        assert other.name == name
        assert {"above": loss > other.loss, "below": loss < other.loss, "level with": loss == other.loss}[word.lower()]


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
        ({"n_head": 1}, "mini: n_head 4 → 1"),
        ({"n_head": 1, "dropout": 0.2, "lr": 0.01}, "mini: n_head 4 → 1, dropout 0 → 0.2, lr 0.003 → 0.01"),
    ],
    ids=["nothing", "one", "three"],
)
def test_what_is_different_lists_every_change_from_the_nearest_size_and_nothing_else(
    changes: dict[str, Any], said: str
) -> None:
    started(**changes)
    assert [row["about"] for row in sent(studio(), "runs")["rows"]] == [said]


@pytest.mark.parametrize(
    ("train", "said"),
    [
        (MINI.train.to_json(), "mini: unchanged"),
        ({**MINI.train.to_json(), "lr": 0.01}, "mini: lr 0.003 → 0.01"),
        ({"lr": 0.01}, "mini: lr 0.003 → 0.01"),
        ({"lr": 0.01, "later": 1, "batch_size": "many", "optimizer": "adamx"}, "mini: lr 0.003 → 0.01"),
        ({}, "mini: unchanged; how it was trained is not known"),
        ({"later": 1}, "mini: unchanged; how it was trained is not known"),
        (3, "mini: unchanged; how it was trained is not known"),
    ],
)
def test_of_a_model_from_elsewhere_only_what_its_own_record_says(train: Any, said: str) -> None:
    """No setting that was never told is shown as a difference; what it was trained for is what it was trained."""
    model, tokenizer = GPT(dataclasses.replace(MINI.model, vocab_size=2)), CharTokenizer.from_text("ab")
    data = checkpoint.dumps(model, tokenizer, 7, {"corpus": "songs", "train": train})
    name = control.import_model(data, "a gift", OTHER)
    assert [row["about"] for row in sent(studio(), "runs")["rows"]] == [said]
    facts = {fact["name"]: fact["value"] for fact in sent(studio(), "progress")["facts"]}
    assert facts["trained for"] == "–"
    status = runs.status_of(name)
    assert (status.imported, status.step, status.steps, status.corpus) == (True, 7, 7, "songs")
    child = runs.status_of(control.fork(name, 7, {}, Asked("mine", OTHER, ""), corpus="ab", text="ab" * 900))
    assert not child.imported and child.train == {**TrainConfig().to_json(), **status.train}
