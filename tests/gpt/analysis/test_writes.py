"""What is written adds up to the stream, and its effects to the model's logit."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch

from gpt import bundled
from gpt.analysis.attribution import direct_effect
from gpt.analysis.lens import streams
from gpt.analysis.norms import stream_before
from gpt.analysis.writes import KINDS, lengths, written
from gpt.edits import AblateHead
from gpt.model import GPT
from gpt.trace import trace
from tests.support.ladder import IDS, MODELS, OTHER, RUNGS
from tests.support.shipped import ids_of, loaded

SHELVED = [model.name for model in bundled.bundled()]
TEXTS = {"copy": "gacbdeh|gac", "sort": "cab>ab"}


def close(one: torch.Tensor, other: torch.Tensor) -> None:
    assert torch.allclose(one.double(), other.double(), atol=1e-4), float((one - other).abs().max())


def holds(model: GPT, ids: tuple[int, ...], position: int, token: int | None = None) -> None:
    """The parts are the trace's sites, they add up to the stream, and the waterfall ends at the logit."""
    here, config = trace(model, ids), model.config
    found = written(model, here, ids, position, token)
    stream = streams(model, here, ids)[:, position].double()  # (S, C)
    nothing = torch.zeros(config.n_embd, dtype=torch.float64)

    def sum_of(layer: int, *kinds: str) -> torch.Tensor:
        return sum((w.vector for w in found.writes if w.layer == layer and w.kind in kinds), start=nothing)

    assert all(one.kind in KINDS and one.direction.shape == nothing.shape for one in found.writes)
    close(sum_of(-1, "token", "position"), stream[0])
    close(sum_of(-1, "token"), model.token_embedding.weight[ids[position]])
    for layer in range(config.n_layer):
        attn, mlp = sum_of(layer, "head", "bias"), sum_of(layer, "MLP", "MLP bias")
        close(attn, here.attn_out[layer, position])
        keeps = here.resid_pre[layer, position].double() if config.residual else nothing
        if config.norm == "post":
            close(keeps + attn, stream_before(model, here, "attn")[layer, position])
        else:
            close(keeps + attn, here.resid_mid[layer, position])
        if config.feed_forward:
            close(mlp, here.mlp_out[layer, position])
        effects = [w.effect for w in found.writes if w.layer == layer and w.kind == "head"]
        close(torch.tensor(effects), direct_effect(model, here, position, found.token)[layer])
    if config.norm != "post" and config.residual:  # every stream is the sum of all that was written so far
        for s in range(config.n_layer + 1):
            close(sum((w.vector for w in found.writes if w.layer < s), start=nothing), stream[s])
    assert found.total == pytest.approx(found.logit, abs=1e-4)
    assert found.logit == float(here.logits[position, found.token])
    assert abs(found.remainder) < 1e-4 and found.mean == pytest.approx(float(here.logits[position].mean()), abs=1e-5)
    for one in found.writes:
        assert one.length == pytest.approx(float(one.vector.square().sum().sqrt())) and -1 <= one.cosine <= 1
        by_torch = torch.cosine_similarity(one.vector, one.stream, dim=0, eps=0.0)
        assert math.isnan(by_torch) or one.cosine == pytest.approx(float(by_torch), abs=1e-9)


@pytest.mark.parametrize("name", RUNGS)
def test_of_every_rung(name: str) -> None:
    for ids in (IDS, OTHER):
        for position in (0, 3, 7):
            for token in (None, 0, 10):
                holds(MODELS[name], ids, position, token)


@pytest.mark.parametrize("name", SHELVED)
def test_of_the_bundled_models(name: str) -> None:
    ids = tuple(ids_of(TEXTS.get(name, "ROMEO:\nBut"), name))
    for position in (0, len(ids) - 1):
        holds(loaded(name).model, ids, position)


def test_the_likeliest_token_is_the_default() -> None:
    here = trace(MODELS["gpt-2"], IDS)
    found = written(MODELS["gpt-2"], here, IDS, 5)
    assert found.token == int(here.logits[5].argmax()) and found.added.keys() == {"final norm"}
    assert [one.name for one in found.writes][:6] == [
        "token", "position", "layer 1 head 1", "layer 1 head 2", "layer 1 bias", "layer 1 MLP",
    ]  # fmt: skip


def test_a_head_that_is_off_writes_nothing() -> None:
    model = MODELS["pre-norm"]
    here = trace(model, IDS, [AblateHead(1, 0)])
    off = next(w for w in written(model, here, IDS, 4).writes if (w.layer, w.head) == (1, 0))
    assert (off.length, off.cosine, off.effect) == (0.0, 0.0, 0.0)


def test_the_remainder_is_what_an_edit_did() -> None:
    model, here = MODELS["pre-norm"], trace(MODELS["pre-norm"], IDS)
    found = written(model, dataclasses.replace(here, logits=here.logits + 0.5 * torch.eye(8, 11)), IDS, 2, token=2)
    assert found.remainder == pytest.approx(0.5 - 0.5 / 11, abs=1e-4)


@pytest.mark.parametrize("name", RUNGS)
def test_lengths_at_all_positions_are_those_of_each(name: str) -> None:
    model, here = MODELS[name], trace(MODELS[name], IDS)
    sizes = lengths(model, here, IDS)
    assert sizes.stream.shape == (model.config.n_layer + 1, 8)
    for position in range(len(IDS)):
        for one in written(model, here, IDS, position).writes:
            if one.kind == "head":
                assert float(sizes.heads[one.layer, one.head, position]) == pytest.approx(one.length, abs=1e-5)
    assert torch.equal(sizes.attn, here.attn_out.norm(dim=-1)) and torch.equal(sizes.mlp, here.mlp_out.norm(dim=-1))
    assert torch.allclose(sizes.stream[-1], streams(model, here, IDS)[-1].norm(dim=-1))


def test_what_is_not_there_is_refused() -> None:
    model, here = MODELS["pre-norm"], trace(MODELS["pre-norm"], IDS)
    with pytest.raises(ValueError, match="position is 8"):
        written(model, here, IDS, 8)
    with pytest.raises(ValueError, match="token is 11"):
        written(model, here, IDS, 0, 11)
