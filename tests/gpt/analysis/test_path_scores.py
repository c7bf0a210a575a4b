"""What a written text is worth: each token's probability and rank, read in as few passes as there need be."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gpt.analysis import expectations, path_scores, perplexity, repetition
from gpt.decoder import whole
from tests.support import shipped
from tests.support.ladder import MODELS, RUNGS, T, V

PROMPT = [3, 1, 4]


@pytest.mark.parametrize("rung", RUNGS)
def test_each_token_given_all_before_it(rung: str) -> None:
    """Equal to a whole pass for each token, over the sliding window; and in two parts the same as in one."""
    model, path = MODELS[rung], [(7 * i * i + 2) % V for i in range(3 * T)]
    found = path_scores.of_path(model, PROMPT, path)
    for i, token in enumerate(path):
        row = whole(model, [*PROMPT, *path[:i]]).double()
        assert found.nats[i] == pytest.approx(-float(row.log_softmax(dim=0)[token]), abs=2e-5)
        assert found.ranks[i] == row.argsort(descending=True, stable=True).tolist().index(token) + 1
    parts = path_scores.of_path(model, PROMPT, path[:5]) + path_scores.of_path(model, PROMPT, path, 5)
    assert parts.nats == pytest.approx(found.nats, abs=2e-5) and (parts.ranks == found.ranks).all()
    assert len(path_scores.of_path(model, PROMPT, path, len(path)).nats) == 0


def test_a_prompt_beyond_the_context() -> None:
    model, long = MODELS["pre-norm"], [i % V for i in range(T + 4)]
    (nats,) = path_scores.of_path(model, long, [5]).nats
    assert nats == pytest.approx(-float(whole(model, long).double().log_softmax(dim=0)[5]), abs=2e-5)
    with pytest.raises(ValueError, match="prompt is empty"):
        path_scores.of_path(model, [], [1])


def test_what_else_could_have_stood_there() -> None:
    ids, shares = path_scores.alternatives(torch.tensor([0.0, 2.0, 2.0, -torch.inf]), 3)
    assert ids.tolist() == [1, 2, 0] and shares.sum() == pytest.approx(1.0)


def test_every_position_of_the_prompt() -> None:
    """The losses are those of a cross-entropy; their running perplexity ends with that of the whole prompt."""
    text = "JULIET:\nO Romeo, Romeo!"
    ids, logits = shipped.ids_of(text), shipped.inside(text).logits
    found = expectations.expectations(logits, ids)
    assert found.start == 1 and len(found.bits) == len(ids) - 1
    assert found.bits * np.log(2) == pytest.approx(perplexity.surprise(logits, ids).numpy(), abs=1e-5)
    assert found.perplexity[-1] == pytest.approx(perplexity.choices_per_token(logits, ids), rel=1e-5)
    shares = logits[:-1].double().softmax(dim=1).numpy()
    for i, token in enumerate(ids[1:]):
        assert found.shares[i] == pytest.approx(shares[i][found.best[i]]) and found.shares[i][0] == pytest.approx(
            shares[i].max()
        )
        assert found.ranks[i] == 1 + (shares[i] > shares[i][token]).sum()


def test_a_huge_vocabulary_shows_the_last_positions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expectations, "MOST", 22)
    logits = torch.randn(T, V, generator=torch.Generator().manual_seed(0))
    found = expectations.expectations(logits, list(range(T)))
    assert found.start == T - 2 and len(found.bits) == 2


def test_pieces_that_come_again() -> None:
    assert repetition.distinct("abcdabcd") == 4 / 5 and repetition.distinct("abc") is None  # type: ignore[arg-type]
    for text in ("", "a", "aa", "abab", "abcabxabc", "aaaa", "xyzxyzq", "abcdefgh"):
        ids = [ord(c) for c in text]
        every = [text[i : i + n] for n in range(1, len(text)) for i in range(len(text) - n + 1)]
        found = {piece for i, piece in enumerate(every) if piece in every[i + 1 :]}
        assert repetition.longest_repeat(ids) == max(map(len, found), default=0), text
