"""Neurons: the laws that they obey on every rung that has them."""

from __future__ import annotations

import copy
import math
import runpy
import tempfile
from functools import cache
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from gpt.analysis import mlp, mlp_sums, mlp_switches
from gpt.analysis.attribution import direct_effect
from gpt.analysis.logit_direction import read_backwards
from gpt.analysis.mlp_sums import KINDS, Place
from gpt.analysis.stages import block_of
from gpt.edits import AblateNeuron
from gpt.model import ACTIVATION, GPT
from gpt.trace import Trace, trace
from tests.support.ladder import IDS, MODELS, RUNGS, WITH_BLOCKS

WITH_NEURONS = [name for name in WITH_BLOCKS if RUNGS[name].feed_forward]
WITHOUT = [name for name in RUNGS if name not in WITH_NEURONS]
CLOSE = 1e-5


@cache
def seen(name: str) -> Trace:
    return trace(MODELS[name], IDS)


def near(one: torch.Tensor, other: torch.Tensor) -> bool:
    """The same, measured by the largest number."""
    return float((one - other).abs().max()) <= CLOSE * max(1.0, float(other.abs().max()))


@pytest.mark.parametrize("name", WITH_NEURONS)
def test_what_a_neuron_does_is_the_trace(name: str) -> None:
    """x W + b, the activation, and the second matrix give mlp_pre, mlp_post and mlp_out."""
    model, here = MODELS[name], seen(name)
    for layer in range(RUNGS[name].n_layer):
        part = block_of(model, layer).mlp
        x = mlp.mlp_input(model, here, layer)
        assert near(F.linear(x, part.expand.weight, part.expand.bias), here.mlp_pre[layer])
        assert near(ACTIVATION[RUNGS[name].activation](here.mlp_pre[layer]), here.mlp_post[layer])
        written = torch.stack([mlp.written_by(model, layer, n) for n in range(here.mlp_post.shape[-1])])  # (N, C)
        bias = 0.0 if part.project.bias is None else part.project.bias
        assert near(here.mlp_post[layer] @ written + bias, here.mlp_out[layer])


@pytest.mark.parametrize("name", WITH_NEURONS)
def test_neurons_and_bias_are_the_mlps_effect(name: str) -> None:
    model, here = MODELS[name], seen(name)
    for position, token in ((7, None), (2, 3)):
        found = mlp.effects(model, here, position, token)
        way = read_backwards(model, here, position, token)
        for layer in range(RUNGS[name].n_layer):
            whole = float(found.neurons[layer].double().sum() + found.biases[layer])
            assert whole == pytest.approx(float(here.mlp_out[layer, position].double() @ way.mlp[layer]), abs=1e-4)
        assert torch.equal(found.heads, direct_effect(model, here, position, token))
        assert found.token == (int(here.logits[position].argmax()) if token is None else token)


@pytest.mark.parametrize("name", WITH_NEURONS)
def test_silence_is_zero_weights(name: str) -> None:
    model, moved = MODELS[name], 0
    for neuron in range(model.config.neurons):
        moved += not near(trace(model, IDS, [AblateNeuron(1, neuron)]).logits, seen(name).logits)
    assert moved >= 8  # those that fire somewhere
    with pytest.raises(ValueError, match="must be"):
        trace(model, IDS, [AblateNeuron(0, 32)])
    for layer in range(RUNGS[name].n_layer):
        changed = copy.deepcopy(model)
        block_of(changed, layer).mlp.project.weight[:, 5] = 0.0
        silent = trace(model, IDS, [AblateNeuron(layer, 5)])
        assert near(silent.logits, trace(changed, IDS).logits)
        assert not silent.mlp_post[layer, :, 5].any() and silent.mlp_post[layer].any()


@pytest.mark.parametrize("name", WITH_NEURONS)
def test_a_push_is_the_effect_at_a_spread_of_one(name: str) -> None:
    """With pre-norm or none: activation x push / final spread; measured from the mean over the vocabulary."""
    model, here, config = MODELS[name], seen(name), RUNGS[name]
    last = config.n_layer - 1
    pushes = mlp.pushes(model, last, 9)
    assert abs(float(pushes.mean())) < 1e-5
    if config.norm == "post":
        return
    stream = here.resid_post[-1, 4]
    spread = 1.0 if config.norm == "none" else float((stream.var(correction=0) + 1e-5).sqrt())
    for token in (0, 6):
        effect = float(mlp.effects(model, here, 4, token).neurons[last, 9])
        assert float(here.mlp_post[last, 4, 9] * pushes[token]) / spread == pytest.approx(effect, abs=1e-5)


def test_after_a_post_norm_a_push_is_the_way_at_spreads_of_one() -> None:
    """Through every norm on the way: the same as the way back, if all spreads were 1."""
    model, here = MODELS["post-norm"], seen("post-norm")
    for layer in range(2):
        way = read_backwards(model, here, 3, 2).mlp[layer].float()
        spreads = 1.0
        for later in range(layer, 2):
            before = here.resid_mid[later] + here.mlp_out[later]  # (T, C)
            spreads *= float((before[3].var(correction=0) + 1e-5).sqrt())
            if later > layer:
                before = here.resid_pre[later] + here.attn_out[later]  # (T, C)
                spreads *= float((before[3].var(correction=0) + 1e-5).sqrt())
        push = float(mlp.pushes(model, layer, 4)[2])
        assert float(mlp.written_by(model, layer, 4) @ way) * spreads == pytest.approx(push, abs=1e-4)


def test_without_residual_connections_only_the_last_layer_arrives() -> None:
    model = MODELS["feed-forward"]
    assert not mlp.pushes(model, 0, 3).any() and mlp.pushes(model, 1, 3).any()
    assert not mlp.effects(model, seen("feed-forward"), 2).neurons[0].any()


@pytest.mark.parametrize("name", WITH_NEURONS)
def test_every_number_is_its_sum_and_its_lines(name: str) -> None:
    model, here = MODELS[name], seen(name)
    for kind in KINDS:
        found = mlp_sums.worked(model, here, Place(kind, 1, 7 if kind != "head" else RUNGS[name].n_head - 1, 5, 4))
        assert found.difference <= 1e-5 * max(1.0, abs(found.shown)), kind
        terms = math.fsum(term.product for term in found.sum.terms) + (found.sum.bias or 0.0)
        assert terms == pytest.approx(found.shown, abs=1e-4)
        code = mlp_sums.pytorch("loaded", IDS, found.sum).replace("model = loaded.model", "").replace(".item()", "")
        assert printed(code.replace("print(", "result = ("), model) == pytest.approx(found.shown, abs=1e-4)


def printed(code: str, model: GPT) -> float:
    """What the lines find, for a model that is in no file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "lines.py"
        file.write_text(code, encoding="utf-8")
        return float(runpy.run_path(str(file), {"model": model})["result"])


def test_rest_and_half() -> None:
    assert mlp.at_rest(torch.tensor([-1.0, 0.0, 2.0, 3.0])) == 0.5
    assert mlp.carry_half(torch.tensor([1.0, -4.0, 0.0, 2.0])) == 1
    assert mlp.carry_half(torch.tensor([1.0, 1.0, 1.0, 1.0])) == 2
    assert mlp.carry_half(torch.zeros(3)) == 1


def test_the_strongest_of_all_layers() -> None:
    table = torch.tensor([[1.0, -5.0, 3.0], [2.0, 4.0, -1.0]])
    assert mlp.strongest(table, 2) == [(1, 1, 4.0), (0, 2, 3.0), (1, 2, -1.0), (0, 1, -5.0)]
    assert len(mlp.strongest(table, 100)) == 6


@pytest.mark.parametrize("name", WITH_NEURONS)
def test_broken_models(name: str) -> None:
    """A layer off adds nothing, a silent neuron is the edit, the identity makes the two matrices one."""
    model = MODELS[name]
    changed, edits = mlp_switches.broken(model, ["layer"], 1)
    assert changed is model and not trace(changed, IDS, edits).mlp_out[1].any()
    changed, edits = mlp_switches.broken(model, ["neuron"], 0, 3)
    assert edits == (AblateNeuron(0, 3),)
    changed, edits = mlp_switches.broken(model, ["identity"], 0)
    straight = trace(changed, IDS, edits)
    assert torch.equal(straight.mlp_post[0], straight.mlp_pre[0]) and not edits
    assert near(trace(model, IDS).logits, seen(name).logits)  # the given one is as it was
    assert next(changed.parameters()) is not None and changed.config == model.config
    assert mlp_switches.compatible(model.config, ("identity", "layer", "x")) == ("layer",)
    assert mlp_switches.compatible(model.config, ("neuron", "identity")) == ("neuron", "identity")
    for wrong in (lambda: mlp_switches.broken(model, ["x"], 0), lambda: mlp_switches.broken(model, ["neuron"], 0, 999)):
        with pytest.raises(ValueError, match="must be"):
            wrong()


@pytest.mark.parametrize("name", WITHOUT)
def test_without_neurons_one_sentence(name: str) -> None:
    model = MODELS[name]
    with pytest.raises(ValueError, match="no feed-forward part"):
        mlp.pushes(model, 0, 0)
    assert mlp_switches.available(model.config) == () and not mlp.has_neurons(model.config)


def test_the_mean_loss_is_over_tokens() -> None:
    model = MODELS["pre-norm"]
    texts = [IDS, IDS[:3], IDS[:1]]
    losses = [
        F.cross_entropy(trace(model, ids).logits[:-1], torch.tensor(ids[1:]), reduction="sum") for ids in texts[:2]
    ]
    assert mlp_switches.mean_loss(model, texts) == pytest.approx(float(sum(losses)) / 9, abs=1e-6)
    with pytest.raises(ValueError, match="no text of two"):
        mlp_switches.mean_loss(model, [IDS[:1]])
