"""Each switch changes what it says, on shared weights, and none of them changes nothing at all."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch

from gpt.analysis.switches import SWITCHES, Change, available, compare, switched
from gpt.config import GPTConfig
from gpt.edits import AblateHead
from gpt.model import GPT
from gpt.trace import Trace, trace
from tests.support.ladder import IDS, MODELS, RUNGS, WITH_BLOCKS, fresh


def weights(model: GPT) -> dict[str, int]:
    """Where each weight lies in memory."""
    return {name: weight.data_ptr() for name, weight in model.named_parameters()}


def run(name: str, *switches: str, layer: int = 0, head: int = 0) -> tuple[GPT, Trace]:
    """A rung of the ladder with these switched."""
    model, edits = switched(MODELS[name], switches, layer, head)
    return model, trace(model, IDS, edits)


@pytest.mark.parametrize("name", list(RUNGS))
def test_nothing_switched_is_exactly_nothing(name: str) -> None:
    model, edits = switched(MODELS[name], (), 0, 0)
    assert model is MODELS[name] and edits == ()
    before = trace(MODELS[name], IDS)
    if not RUNGS[name].n_layer:
        return
    found = compare(before, trace(model, IDS, edits), IDS, 0, 0)
    assert found.kl == found.largest == found.largest_anywhere == 0.0
    assert found.entropy_before - found.entropy_after == 0.0 and found.top_before == found.top_after
    assert found.loss_before is not None and found.loss_before == found.loss_after


@pytest.mark.parametrize("name", list(RUNGS))
def test_every_available_switch_changes_something_on_the_same_weights(name: str) -> None:
    """No silent no-op; the given model keeps its weights, its bits and its answers."""
    model = MODELS[name]
    before = trace(model, IDS)
    held = {key: tensor.clone() for key, tensor in model.state_dict().items()}
    for switch in available(model.config):
        layer = model.config.n_layer - 1
        other, edits = switched(model, [switch], max(layer, 0), 0)
        after = trace(other, IDS, edits)
        assert not torch.equal(before.logits, after.logits), switch
        assert weights(other).items() <= weights(model).items()  # shared, none copied
        assert not other.training and not any(weight.requires_grad for weight in other.parameters())
        assert not any(weight.is_meta for weight in [*other.parameters(), *other.buffers()])
    assert all(torch.equal(held[key], tensor) for key, tensor in model.state_dict().items())
    assert torch.equal(trace(model, IDS).logits, before.logits)


@pytest.mark.parametrize("name", [n for n in WITH_BLOCKS if RUNGS[n].causal and not RUNGS[n].uniform_attention])
def test_mask_off_is_an_encoder(name: str) -> None:
    model, after = run(name, "mask")
    assert not model.config.causal and (after.pattern > 0).all()
    rebuilt = fresh(dataclasses.replace(RUNGS[name], causal=False))  # the same seed gives the same weights
    assert torch.allclose(after.logits, trace(rebuilt, IDS).logits, atol=1e-6)


def test_the_scale_and_the_slip() -> None:
    before = trace(MODELS["pre-norm"], IDS)  # C = 8, D = 4
    _, unscaled = run("pre-norm", "scale")
    assert torch.allclose(unscaled.scores[0], before.scores[0] * 2, atol=1e-5)
    _, slipped = run("pre-norm", "scale bug")
    assert torch.allclose(slipped.scores[0], before.scores[0] * 2 * math.sqrt(8), atol=1e-5)
    assert compare(before, slipped, IDS, 0, 0).entropy_after < compare(before, unscaled, IDS, 0, 0).entropy_after
    _, uniform = run("pre-norm", "uniform")
    past = torch.ones(8, 8).tril()
    assert torch.allclose(uniform.pattern[1, 1], past / past.sum(-1, keepdim=True))


@pytest.mark.parametrize("name", ["pre-norm", "sinusoidal"])
def test_without_positions_the_token_alone_goes_in(name: str) -> None:
    model, after = run(name, "positions")
    assert torch.equal(after.resid_pre[0], MODELS[name].token_embedding.weight[list(IDS)])
    assert model.config.position == "none"
    kept, _ = run(name, "scale")  # the waves travel along, though no file holds them
    assert torch.equal(kept.positions(5), MODELS[name].positions(5))  # type: ignore[arg-type]


def test_one_head_off_is_an_edit() -> None:
    model, edits = switched(MODELS["pre-norm"], {"head"}, 1, 0)
    assert model is MODELS["pre-norm"] and edits == (AblateHead(1, 0),)
    both, edits = switched(MODELS["pre-norm"], ["mask", "head"], 0, 1)
    assert not both.config.causal and edits == (AblateHead(0, 1),)


def test_all_that_go_together() -> None:
    model, after = run("gpt-2", "mask", "scale bug", "positions", "head", layer=1, head=1)
    assert not model.config.causal and model.config.position == "none"
    assert not after.z[1, 1].any() and after.z[1, 0].any()


def test_which_switches_there_are() -> None:
    assert list(available(RUNGS["pre-norm"])) == list(SWITCHES)
    assert available(RUNGS["bigram"]) == ()
    assert "mask" not in available(RUNGS["sees the future"]) and "positions" not in available(RUNGS["no positions"])
    assert not {"scale", "scale bug", "uniform"} & set(available(RUNGS["mean of the past"]))
    assert "scale" not in available(RUNGS["not scaled"]) and "scale bug" in available(RUNGS["not scaled"])
    assert all(sentence.endswith(".") for sentence in SWITCHES.values())


@pytest.mark.parametrize(
    ("name", "switches", "said"),
    [
        ("pre-norm", ("masks",), "no switch 'masks'; there are mask, scale"),
        ("no positions", ("positions",), "'positions' changes nothing in this model; these do: mask"),
        ("bigram", ("head",), "'head' changes nothing.*none"),
        ("pre-norm", ("scale", "uniform"), "scale and uniform contradict"),
        ("pre-norm", ("scale", "scale bug"), "scale and scale bug contradict"),
        ("pre-norm", ("head",), "layer is 9"),
    ],
)
def test_what_cannot_be_switched_is_refused(name: str, switches: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        switched(MODELS[name], switches, 9, 0)


def made(logits: list[list[float]], pattern: list[list[float]]) -> Trace:
    """A trace whose logits and one head's pattern are made by hand."""
    nothing = torch.empty(0)
    sites = {field.name: nothing for field in dataclasses.fields(Trace)}
    sites |= {"logits": torch.tensor(logits), "pattern": torch.tensor(pattern)[None, None]}
    return Trace(**sites)


def test_a_change_by_hand() -> None:
    even, sharp = math.log(0.5), math.log(0.25)
    before = made([[0.0, 0.0], [even, even]], [[1.0, 0.0], [0.5, 0.5]])
    after = made([[0.0, 0.0], [sharp, math.log(0.75)]], [[1.0, 0.0], [0.0, 1.0]])
    found = compare(before, after, [0, 1], 0, 0)
    assert found.entropy_before == pytest.approx(0.5) and found.entropy_after == 0.0
    assert found.largest == found.largest_anywhere == 0.5
    assert found.kl == pytest.approx(0.5 * math.log2(0.5 / 0.25) + 0.5 * math.log2(0.5 / 0.75), abs=1e-6)
    assert found.top_before == ((0, pytest.approx(0.5)), (1, pytest.approx(0.5)))
    assert [token for token, _ in found.top_after] == [1, 0]
    assert found.loss_before == found.loss_after == pytest.approx(math.log(2))


def test_one_token_has_no_loss() -> None:
    here = trace(MODELS["pre-norm"], [3])
    found = compare(here, here, [3], 1, 1)
    assert isinstance(found, Change) and found.loss_before is None and found.loss_after is None
    assert found.entropy_before == 0.0 and len(found.top_before) == 5


def test_traces_that_do_not_belong_together_are_refused() -> None:
    one, two = trace(MODELS["pre-norm"], IDS), trace(MODELS["pre-norm"], IDS[:3])
    with pytest.raises(ValueError, match="8 and 3 tokens, the text 8"):
        compare(one, two, IDS, 0, 0)
    with pytest.raises(ValueError, match="no head 2 in layer 0"):
        compare(one, one, IDS, 0, 2)


def test_a_model_is_switched_without_touching_the_global_generator() -> None:
    state = torch.get_rng_state()
    switched(MODELS["sinusoidal"], ("mask",), 0, 0)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.empty(1).device.type == "cpu"  # the meta device was for the shapes alone


def test_a_wide_model_of_one_number_a_head() -> None:
    narrow = GPTConfig(vocab_size=5, block_size=4, n_layer=1, n_head=4, n_embd=4)
    assert "scale" not in available(narrow)  # 1 / sqrt(1) is 1
