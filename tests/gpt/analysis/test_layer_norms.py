"""Every norm of every rung: mean 0, variance 1, what torch's own makes of it, and what the model really reads."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch
from torch.nn import functional as F

from gpt.analysis import layer_norms, norm_sums
from gpt.analysis.layer_norms import FAR, Place, every, module, name, places
from gpt.analysis.norm_sums import STEPS, WHOLE
from gpt.lessons import trained
from gpt.model import GPT
from gpt.trace import Trace, trace
from tests.support.ladder import IDS, MODELS, RUNGS

NORMED = [name for name, config in RUNGS.items() if config.norm != "none" and config.n_layer]


def seen(rung: str) -> tuple[GPT, Trace]:
    return MODELS[rung], trace(MODELS[rung], IDS)


def test_how_many_there_are_and_what_they_are_called() -> None:
    assert [place.word for place in places(RUNGS["pre-norm"])] == ["attn.1", "mlp.1", "attn.2", "mlp.2", "final"]
    assert [place.word for place in places(RUNGS["post-norm"])] == ["attn.1", "mlp.1", "attn.2", "mlp.2"]
    assert [place.word for place in places(RUNGS["attention only"])] == ["attn.1", "attn.2", "final"]
    assert not places(RUNGS["bigram"]) and not places(RUNGS["residual"])
    last = places(RUNGS["pre-norm"])[-1]
    assert name(RUNGS["pre-norm"], last) == "the final norm"
    assert name(RUNGS["post-norm"], Place("mlp", 1)) == "after MLP 2"
    with pytest.raises(ValueError, match=r"no norm 'final' in this model; there are attn\.1, mlp\.1"):
        module(MODELS["post-norm"], Place("final", 2))
    with pytest.raises(ValueError, match="there are none"):
        module(MODELS["residual"], Place("attn", 0))


@pytest.mark.parametrize("rung", NORMED)
def test_levelled_is_mean_0_and_variance_1_and_all_is_torch(rung: str) -> None:
    model, flow = seen(rung)
    found = every(model, flow)
    for i, place in enumerate(found.places):
        norm, x = module(model, place), found.before[i].double()  # (T, C)
        for t in range(len(IDS)):
            steps = norm_sums.steps(model, flow, place, t)
            variance = steps.variance / (steps.variance + norm.eps)  # 1, but for eps
            assert abs(float(steps.divided.mean())) < 1e-12
            assert float(steps.divided.square().mean()) == pytest.approx(variance, abs=1e-12)
            own = F.layer_norm(x[t], x.shape[-1:], steps.gain, steps.bias, norm.eps)  # (C,)
            torch.testing.assert_close(steps.output, own, rtol=0, atol=1e-12)
            torch.testing.assert_close(found.after[i, t].double(), own, rtol=0, atol=1e-5)
        after = found.after[i]
        numbers = [found.before[i].mean(-1), found.before[i].std(-1, unbiased=False), after.mean(-1),
                   after.std(-1, unbiased=False)]  # fmt: skip
        torch.testing.assert_close(found.stats[i], torch.stack(numbers), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("rung", NORMED)
def test_what_comes_out_is_what_the_model_goes_on_with(rung: str) -> None:
    model, flow = seen(rung)
    found, config = every(model, flow), model.config
    for i, place in enumerate(found.places):
        after, block = found.after[i], cast(Any, model.blocks[min(place.layer, config.n_layer - 1)])
        if config.norm == "post" and place.part != "final":
            truth = flow.resid_mid if place.part == "attn" else flow.resid_post
            shown, true = after, truth[place.layer]  # (T, C)
        elif place.part == "final":
            shown, true = (after if config.head == "none" else model.unembed(after)), flow.logits  # (T, V)
        elif place.part == "attn":
            shown, true = block.attn.split(block.attn.query(after)[None])[0], flow.q[place.layer]  # (H, T, D)
        else:
            shown, true = block.mlp.expand(after), flow.mlp_pre[place.layer]  # (T, N)
        torch.testing.assert_close(shown, true, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("rung", ["pre-norm", "pseudo-gpt", "attention only", "gpt-2"])
def test_every_number_is_its_sum_and_its_line_of_pytorch(rung: str) -> None:
    model, flow = seen(rung)
    for place in places(model.config):
        for step in STEPS:
            found = norm_sums.worked(model, flow, place, 5, step, 0 if step in WHOLE else 3)
            assert found.difference < 1e-5 * max(1.0, abs(found.shown))
            own = eval(found.code, {"model": model, "seen": flow, "torch": torch})  # noqa: S307 (our own line)
            assert float(own) == pytest.approx(found.shown, abs=1e-6)
            assert found.formula.startswith(step) and "=" in found.text


def test_what_is_not_there_is_said() -> None:
    model, flow = seen("pre-norm")
    for bad, said in (({"step": "median"}, "step"), ({"dimension": 8}, "dimension"), ({"token": 8}, "token")):
        asked: dict[str, Any] = {"place": Place("attn", 0), "token": 0, "step": "output", "dimension": 0} | bad
        with pytest.raises(ValueError, match=said):
            norm_sums.worked(model, flow, **asked)


def test_the_mean_and_the_length_are_lost_and_the_shape_is_not() -> None:
    model, flow = seen("pseudo-gpt")
    mean, length, shape = layer_norms.blind(module(model, Place("attn", 1)), every(model, flow).before[2, 4])
    assert mean.moved == pytest.approx(1.0) and mean.seen < 1e-12
    assert length.moved > 0.1 and length.seen < 1e-3
    assert shape.moved == pytest.approx(1.0) and shape.seen > 0.05


def test_batch_norm_levels_columns_and_hears_later_tokens() -> None:
    x = torch.arange(1.0, 10.0).view(3, 3)  # (3, 3)
    root = 1.5**0.5
    torch.testing.assert_close(layer_norms.batch_norm(x), torch.tensor([[-root] * 3, [0.0] * 3, [root] * 3]))
    alone, together = layer_norms.leak(every(*seen("pre-norm")).before[1])
    assert alone == 0.0 and together > 1e-3
    with pytest.raises(ValueError, match="three or more"):
        layer_norms.leak(x[:2])


def test_what_stands_out_lies_far_from_its_rows_mean() -> None:
    values = torch.ones(2, 40)
    values[0] += 0.01 * torch.arange(40)
    values[1, 7] = 9.0
    assert layer_norms.standing_out(values, FAR).nonzero().tolist() == [[1, 7]]


def test_the_loudest_dimensions_of_the_trained_model_are_turned_down_at_the_end() -> None:
    """What the README and the page's question say of the bundled model: not of one prompt alone."""
    loaded = trained.load("scaled")
    for text in (
        "JULIET:\nO Romeo, Romeo! ",
        "First Citizen:\nWe are accounted poor citizens",
        "KING RICHARD II:\nOld",
    ):
        flow = trace(loaded.model, loaded.tokenizer.encode(text))
        found = every(loaded.model, flow)
        loud = found.before[-1].abs().mean(dim=0)  # (C,)
        gain = found.gain[-1]  # (C,)
        two = loud.topk(2).indices
        assert set((two + 1).tolist()) == {80, 142}
        assert set((gain.topk(3, largest=False).indices + 1).tolist()) == {80, 93, 142}
