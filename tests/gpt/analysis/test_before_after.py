"""What edits change, against plain sums over two traces; with nothing edited nothing differs."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch

from gpt.analysis import before_after
from gpt.analysis.lens import streams
from gpt.analysis.stacks import flows, read_lines
from gpt.model import GPT
from gpt.trace import trace
from tests.support.ladder import RUNGS

IDS = (1, 4, 2, 7, 1)


def model_of(rung: str) -> GPT:
    """A rung with weights that make heads differ."""
    return GPT(RUNGS[rung], torch.Generator().manual_seed(3), std=0.4).eval()


@pytest.mark.parametrize("rung", RUNGS)
def test_every_number_is_that_of_two_passes(rung: str) -> None:
    model = model_of(rung)
    flow = flows(model, IDS, read_lines("attn.1.zero~scale.z.2.1.3.0"))
    before, after = trace(model, IDS), flow.trace
    for position in (0, 4):
        found = before_after.prediction(before, after, position)
        p, q = (one.logits[position].double().softmax(-1) for one in (before, after))
        assert found.kl == pytest.approx(float((p * (p / q).log2()).sum()), abs=1e-9)
        assert found.before == pytest.approx(p[list(found.ids)].tolist())
        assert found.after == pytest.approx(q[list(found.ids)].tolist())
        assert found.before[:5] == pytest.approx(p.topk(5).values.tolist())
        assert sorted(found.after, reverse=True)[:5] == pytest.approx(q.topk(5).values.tolist())
        assert found.after[found.ids.index(found.best_after)] == pytest.approx(float(q.max()))
        assert len(set(found.ids)) == len(found.ids) <= 10
        layers = before_after.layers(flow.model, after, IDS, position)
        stream = streams(flow.model, after, IDS)[:, position]
        assert layers.lengths.tolist() == pytest.approx(stream.square().sum(-1).sqrt().tolist())
        assert layers.shares[-1, 0] == pytest.approx(float(q.max()), abs=1e-5)
        assert layers.best.shape == layers.shares.shape == (len(stream), 3)
    if model.config.n_layer:
        shifted = before_after.shifted(before, after)
        rows = (after.pattern - before.pattern).clamp_min(0).sum(-1)  # what is gained in a row is lost elsewhere in it
        assert torch.allclose(shifted, rows.mean(-1), atol=1e-6)


def test_without_an_edit_nothing_differs() -> None:
    one = trace(model_of("pre-norm"), IDS)
    found = before_after.prediction(one, one, 2)
    assert found.kl == 0.0 and found.before == found.after and found.best_after == found.ids[0]
    assert not before_after.shifted(one, one).any()


def test_what_becomes_impossible_is_infinitely_far() -> None:
    one = trace(model_of("pre-norm"), IDS)
    logits = one.logits.clone()
    logits[:, 3] = -math.inf
    none = dataclasses.replace(one, logits=logits)
    assert before_after.prediction(one, none, 1).kl == math.inf
    assert before_after.prediction(none, one, 1).kl < math.inf


def test_a_position_that_is_not_there_is_refused() -> None:
    model = model_of("pre-norm")
    one = trace(model, IDS)
    with pytest.raises(ValueError, match="position"):
        before_after.prediction(one, one, 5)
    with pytest.raises(ValueError, match="position"):
        before_after.layers(model, one, IDS, -1)


def test_where_two_texts_part() -> None:
    assert before_after.parting([1, 2, 3], [1, 2, 4]) == 2
    assert before_after.parting([1, 2, 3], [1, 2]) is None
    assert before_after.parting([], []) is None
    assert before_after.parting([5], [6, 1]) == 0
