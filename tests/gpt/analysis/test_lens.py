"""The lens: at the last boundary it is the model, and everywhere it is what the final norm and the table say."""

from __future__ import annotations

import pytest
import torch

from gpt import bundled
from gpt.analysis import lens as lens_module
from gpt.analysis.lens import NONE, boundary_names, how_read, lens, likeliest, read_on, settled, streams, true_next
from gpt.config import GPTConfig
from gpt.edits import ScaleSite
from gpt.model import GPT
from gpt.trace import trace
from tests.support.ladder import IDS, MODELS, RUNGS, fresh
from tests.support.shipped import ids_of, loaded

SHELVED = [model.name for model in bundled.bundled()]
TEXTS = {"copy": "gacbdeh|gac", "sort": "cab>ab"}


def holds(model: GPT, ids: tuple[int, ...]) -> None:
    """All laws of the lens on one text, by a plain softmax over the whole vocabulary."""
    here = trace(model, ids)
    found = lens(model, here, ids, best=4)
    stream = streams(model, here, ids)
    L, T, V = model.config.n_layer, len(ids), model.config.vocab_size
    K = min(4, V)
    assert stream.shape == (L + 1, T, model.config.n_embd) and len(boundary_names(model.config)) == L + 1
    assert found.best.shape == found.shares.shape == (L + 1, T, K) and found.rank.shape == (L + 1, T)
    assert torch.allclose(model.unembed_stream(stream[-1]), here.logits, atol=1e-4)  # the last lens is the model
    assert torch.equal(found.best[-1], here.logits.topk(K).indices)
    for s in range(L + 1):
        shares = model.unembed_stream(stream[s]).double().softmax(-1)  # (T, V)
        assert torch.allclose(found.shares[s].double(), shares.gather(-1, found.best[s]), atol=1e-5)
        assert (shares.sort(descending=True).values[:, :K] - found.shares[s]).abs().max() < 1e-5
        for t, token in enumerate(true_next(ids)):
            if token == NONE:
                assert found.rank[s, t] == 0 and found.share[s, t] == 0.0
                continue
            assert float(found.share[s, t]) == pytest.approx(float(shares[t, token]), abs=1e-5)
            rank = int(found.rank[s, t])
            assert 1 <= rank <= V
            assert (rank <= K) == (token in found.best[s, t].tolist())
            if rank <= K:
                assert found.best[s, t, rank - 1] == token
    for boundary, t in zip(settled(found.best).tolist(), range(T), strict=True):
        assert (found.best[boundary:, t, 0] == found.best[-1, t, 0]).all()
        assert boundary == 0 or found.best[boundary - 1, t, 0] != found.best[-1, t, 0]


@pytest.mark.parametrize("name", RUNGS)
def test_the_lens_of_every_rung(name: str) -> None:
    holds(MODELS[name], IDS)
    holds(MODELS[name], IDS[:1])


@pytest.mark.parametrize("name", SHELVED)
def test_the_lens_of_the_bundled_models(name: str) -> None:
    holds(loaded(name).model, tuple(ids_of(TEXTS.get(name, "ROMEO:\nBut"), name)))


def test_in_pieces_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large vocabulary is read a few rows at a time, from any position on, whatever is asked of it."""
    model, here = MODELS["gpt-2"], trace(MODELS["gpt-2"], IDS)
    whole = lens(model, here, IDS, wanted=[7] * len(IDS))
    monkeypatch.setattr(lens_module, "AT_ONCE", 3 * model.config.vocab_size)
    part = lens(model, here, IDS, wanted=[7] * len(IDS), start=5)
    for field in ("best", "rank", "share", "shares"):
        assert torch.allclose(getattr(part, field), getattr(whole, field)[:, 5:])
    assert part.wanted.tolist() == [7, 7, 7] and (whole.rank > 0).all()


@pytest.mark.parametrize("name", ["pre-norm", "bigram", "many heads"])
def test_read_on_it_is_the_same(name: str) -> None:
    model = MODELS[name]
    for before in (IDS[:5], (*IDS[:5], 0, 0)):
        seen = lens(model, trace(model, before), before)
        here = trace(model, IDS)
        whole, on = lens(model, here, IDS), read_on(model, here, IDS, seen, 5)
        for field in ("best", "rank", "wanted"):
            assert torch.equal(getattr(on, field), getattr(whole, field))
        assert torch.allclose(on.shares, whole.shares, atol=1e-6) and torch.allclose(on.share, whole.share, atol=1e-6)


def test_a_vocabulary_of_gpt_2() -> None:
    config = GPTConfig(vocab_size=50_257, block_size=8, n_layer=2, n_head=2, n_embd=8)
    model, ids = fresh(config), (50_256, 0, 262)
    found = lens(model, trace(model, ids), ids)
    assert found.best.shape == (3, 3, 3) and int(found.rank.max()) <= 50_257


def test_ties_go_to_the_lowest_id() -> None:
    logits = torch.tensor([[1.0, 3.0, 3.0, 3.0, 2.0], [0.0, 0.0, 0.0, 0.0, 0.0], [5.0, 1.0, 4.0, 1.0, 3.0]])
    assert likeliest(logits, 2).tolist() == [[1, 2], [0, 1], [0, 2]]
    model = MODELS["residual"]  # no norm: a stream of zeros is zero logits, all alike
    here = trace(model, IDS, [ScaleSite("resid_post", 1, 0.0)])
    found = lens(model, here, IDS)
    assert found.best[-1].tolist() == [[0, 1, 2]] * len(IDS)
    assert found.rank[-1].tolist() == [token + 1 for token in true_next(IDS)]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bigram", "no output table"),
        ("pre-norm", "levelled by the final norm and multiplied by the token table"),
        ("untied with biases", "multiplied by the output table"),
        ("post-norm", "ends with its norm"),
        ("residual", "no norm"),
    ],
)
def test_what_is_read_is_said(name: str, said: str) -> None:
    assert said in how_read(RUNGS[name])


def test_what_does_not_belong_together_is_refused() -> None:
    model, here = MODELS["pre-norm"], trace(MODELS["pre-norm"], IDS)
    with pytest.raises(ValueError, match="3 ids, but the trace is of 8 tokens"):
        lens(model, here, IDS[:3])
    for wanted in ([1, 2], [11] * 8, [-2] * 8):
        with pytest.raises(ValueError, match=r"wanted must be 8 tokens, one a position, of 0\.\.10"):
            lens(model, here, IDS, wanted=wanted)
    with pytest.raises(ValueError, match="start is 8"):
        lens(model, here, IDS, start=8)
