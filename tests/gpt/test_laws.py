"""What a trace promises, on every rung of the ladder: it is the model, whole, and leaves no mark on it.

The laws 1, 3, 5, 6 and 7 of the design; `test_laws_edits.py` has 2 and 4, which are about edits that are made.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from gpt.analysis.stages import block_of
from gpt.config import GPTConfig
from gpt.edits import AblateHead, PatchSite, ScaleSite, patch_from
from gpt.model import ACTIVATION, GPT
from gpt.tap import SITES, Edit, sites_of
from gpt.trace import Trace, trace
from tests.support.ladder import BARE, CAUSAL, IDS, MODELS, OTHER, RUNGS, SIZE, WITH_BLOCKS, every_edit, fresh

every_rung = pytest.mark.parametrize("rung", RUNGS)


def close(actual: Tensor, expected: Tensor, tolerance: float = 1e-5) -> None:
    """Equal to within the tolerance, in units of the largest number where that is above 1."""
    size = max(1.0, float(expected.abs().max())) if expected.numel() else 1.0
    torch.testing.assert_close(actual, expected, rtol=0.0, atol=tolerance * size)


def fields(seen: Trace) -> dict[str, Tensor]:
    return {field.name: getattr(seen, field.name) for field in dataclasses.fields(seen)}


def same_bits(one: Trace, two: Trace) -> bool:
    return all(torch.equal(tensor, fields(two)[name]) for name, tensor in fields(one).items())


# ---- law 1: traced logits are the model's


@every_rung
@pytest.mark.parametrize("T", [1, 2, 8])
@pytest.mark.parametrize("grad", [True, False])  # without gradients the untapped model takes the fused attention
def test_law_1_traced_logits_are_the_model_s(rung: str, T: int, grad: bool) -> None:
    ids = torch.tensor(IDS[:T])
    with torch.set_grad_enabled(grad):
        plain = MODELS[rung](ids[None])[0]  # (T, V)
    close(trace(MODELS[rung], ids).logits, plain)


@pytest.mark.parametrize("choices", [{}, {"causal": False}, {"uniform_attention": True}, {"attention_scale": False}])
def test_law_1_at_a_context_that_trains_with_fused_attention(choices: dict[str, bool]) -> None:
    model = fresh(replace(GPTConfig(**SIZE), block_size=600, **choices))
    ids = torch.arange(600) * 7 % 11  # (T,)
    for grad in (True, False):
        with torch.set_grad_enabled(grad):
            close(trace(model, ids).logits, model(ids[None])[0])


# ---- law 3: what is not there is refused before the pass


def refused(model: GPT, ids: object, edits: list[Edit], monkeypatch: pytest.MonkeyPatch) -> str:
    """The one sentence of the refusal; the model was not run."""

    def forward(*args: object) -> None:
        pytest.fail("the model was run before the refusal")

    with monkeypatch.context() as patched, pytest.raises(ValueError) as error:
        patched.setattr(model, "forward", forward)
        trace(model, ids, edits)  # type: ignore[arg-type]
    sentence = str(error.value)
    assert "\n" not in sentence and sentence.endswith(".")
    return sentence


@pytest.mark.parametrize("rung", WITH_BLOCKS)
def test_law_3_no_such_place(rung: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, config = MODELS[rung], RUNGS[rung]
    for layer in (-1, config.n_layer, True, 0.0, None):
        for edit in (ScaleSite("z", layer, 0.0), AblateHead(layer, 0)):  # type: ignore[arg-type]
            assert "layer" in refused(model, IDS, [edit], monkeypatch)
    for head in (-1, config.n_head, True, 0.0):
        for edit in (ScaleSite("z", 0, 0.0, head), AblateHead(0, head)):  # type: ignore[arg-type]
            assert "head" in refused(model, IDS, [edit], monkeypatch)
    for site in ("nowhere", "logits", "", "Z", None):
        assert "site" in refused(model, IDS, [ScaleSite(site, 0, 0.0)], monkeypatch)  # type: ignore[arg-type]
    for site in ("resid_pre", "attn_out", "resid_post"):  # not cut into heads
        assert "site" in refused(model, IDS, [ScaleSite(site, 0, 0.0, head=0)], monkeypatch)
    for site in set(SITES) - set(sites_of(config)):
        assert "site" in refused(model, IDS, [ScaleSite(site, 0, 0.0)], monkeypatch)
    for factor in (math.inf, -math.inf, math.nan, 1e39, -1e300):  # the last two are infinite in float32
        assert "factor" in refused(model, IDS, [ScaleSite("z", 0, factor)], monkeypatch)
    assert "mode" in refused(model, IDS, [AblateHead(0, 0, "loud")], monkeypatch)
    good, bad = AblateHead(0, 0), AblateHead(config.n_layer, 0)
    refused(model, IDS, [good, bad], monkeypatch)  # the good one first does not help


def test_law_3_without_blocks_there_is_nothing_to_edit(monkeypatch: pytest.MonkeyPatch) -> None:
    for edit in (AblateHead(0, 0), ScaleSite("resid_pre", 0, 0.0), ScaleSite("resid_post", 0, 2.0)):
        assert "no blocks" in refused(MODELS["bigram"], IDS, [edit], monkeypatch)


def test_law_3_a_patch_must_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    model = MODELS["pre-norm"]
    for site in SITES:
        shorter = patch_from(trace(model, OTHER[:-1]), site, 1)
        assert "7 tokens" in refused(model, IDS, [shorter], monkeypatch)
    wider = trace(fresh(replace(GPTConfig(**SIZE), n_embd=12, n_head=3)), OTHER)
    for site in SITES:  # another width, another number of heads
        assert "shape" in refused(model, IDS, [patch_from(wider, site, 0)], monkeypatch)
    for numbers, shape in (([0.0] * 63, (8, 8)), ([math.nan] * 64, (8, 8)), ([], ()), ([0.0] * 8, (8,))):
        data = np.array(numbers, dtype=np.float32).tobytes()
        refused(model, IDS, [PatchSite("resid_pre", 0, None, shape, data)], monkeypatch)


def test_law_3_a_patch_comes_from_somewhere() -> None:
    source = trace(MODELS["many heads"], OTHER)
    for site, layer in (("nowhere", 0), ("logits", 0), ("z", 2), ("z", -1), ("mlp_pre", 0)):
        with pytest.raises(ValueError, match="no site"):
            patch_from(source, site, layer)


@pytest.mark.parametrize("ids", [[], [[1, 2]], list(range(9)), [-1], [11], [1, 2, 99]])
def test_tokens_that_do_not_fit_are_refused(ids: object, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "ids" in refused(MODELS["pre-norm"], ids, [], monkeypatch)


def test_a_model_that_drops_out_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    model = fresh(RUNGS["dropout"]).train()
    assert "eval" in refused(model, IDS, [], monkeypatch)
    trace(fresh(RUNGS["pre-norm"]).train(), IDS)  # without dropout the mode changes nothing


# ---- law 5: the parts sum to the whole


def joined(stream: Tensor, part: Tensor, norm: torch.nn.Module, config: GPTConfig) -> Tensor:
    """What a block does with a part (T, C), said once more."""
    whole = stream + part if config.residual else part  # (T, C)
    return norm(whole) if config.norm == "post" else whole  # (T, C)


@pytest.mark.parametrize("rung", WITH_BLOCKS)
@pytest.mark.parametrize("T", [1, 8])
def test_law_5_the_stream(rung: str, T: int) -> None:
    model, config = MODELS[rung], RUNGS[rung]
    ids = torch.tensor(IDS[:T])
    seen = trace(model, ids)
    close(seen.resid_pre[0], model.embed(ids[None])[0])
    for layer, block in enumerate(block_of(model, place) for place in range(config.n_layer)):
        close(seen.resid_mid[layer], joined(seen.resid_pre[layer], seen.attn_out[layer], block.norm1, config))
        if config.feed_forward:
            whole = joined(seen.resid_mid[layer], seen.mlp_out[layer], block.norm2, config)  # (T, C)
            close(seen.resid_post[layer], whole)
            close(seen.mlp_post[layer], ACTIVATION[config.activation](seen.mlp_pre[layer]))
            close(seen.mlp_out[layer], block.mlp.project(seen.mlp_post[layer]))
        else:
            assert torch.equal(seen.resid_post[layer], seen.resid_mid[layer])
        if config.residual and config.feed_forward and config.norm == "pre":
            close(seen.resid_post[layer], seen.resid_pre[layer] + seen.attn_out[layer] + seen.mlp_out[layer])
    assert torch.equal(seen.resid_pre[1:], seen.resid_post[:-1])
    close(model.unembed_stream(seen.resid_post[-1]), seen.logits)  # the lens of the last layer is the model


@pytest.mark.parametrize("rung", WITH_BLOCKS)
def test_law_5_the_heads(rung: str) -> None:
    model, config = MODELS[rung], RUNGS[rung]
    seen = trace(model, IDS)
    D = config.head_size
    for layer in range(config.n_layer):
        out = block_of(model, layer).attn.project
        parts = [seen.z[layer, h] @ out.weight[:, h * D : (h + 1) * D].T for h in range(config.n_head)]  # (T, C) each
        bias = 0.0 if out.bias is None else out.bias
        close(sum(parts, torch.zeros(8, config.n_embd)) + bias, seen.attn_out[layer])
        assert seen.pattern[layer].min() >= 0.0
        close(seen.pattern[layer].sum(-1), torch.ones(config.n_head, 8), 1e-6)
        close(seen.z[layer], seen.pattern[layer] @ seen.v[layer])
        scale = 1 / math.sqrt(D) if config.attention_scale else 1.0
        scores = seen.q[layer] @ seen.k[layer].transpose(-2, -1) * scale  # (H, T, T)
        close(seen.scores[layer], torch.zeros_like(scores) if config.uniform_attention else scores)
        masked = scores.masked_fill(torch.ones(8, 8).triu(1).bool(), -math.inf) if config.causal else scores
        if config.uniform_attention:
            masked = torch.zeros(8, 8) + torch.full((8, 8), -math.inf).triu(1)  # (T, T)
        close(seen.pattern[layer], torch.softmax(masked, -1).expand(config.n_head, 8, 8))


@pytest.mark.parametrize("rung", WITH_BLOCKS)
def test_law_5_the_future_weighs_exactly_nothing(rung: str) -> None:
    above = trace(MODELS[rung], IDS).pattern.triu(1)  # (L, H, T, T)
    assert bool(above.any()) == (rung not in CAUSAL)


# ---- law 6: a Trace is the sites and the logits


def test_law_6_fields_are_the_sites_and_the_logits() -> None:
    assert [field.name for field in dataclasses.fields(Trace)] == [*SITES, "logits"]


@every_rung
@pytest.mark.parametrize("T", [1, 8])
def test_law_6_shapes_are_as_written(rung: str, T: int) -> None:
    """`SITES` says each site's shape in letters; a site that is not there is empty: its first dimension is 0."""
    config = RUNGS[rung]
    size = {"T": T, "C": config.n_embd, "H": config.n_head, "D": config.head_size, "N": config.neurons}
    seen = fields(trace(MODELS[rung], IDS[:T]))
    assert seen.pop("logits").shape == (T, config.vocab_size)
    for site, tensor in seen.items():
        there = config.n_layer if site in sites_of(config) else 0
        assert tensor.shape == (there, *(size[letter] for letter in re.findall(r"\w+", SITES[site]))), site


@every_rung
def test_law_6_sites_are_passed_in_the_order_that_they_are_listed(rung: str) -> None:
    config = RUNGS[rung]
    passed: list[tuple[int, str]] = []

    def note(site: str, layer: int, x: Tensor) -> Tensor:
        passed.append((layer, site))
        return x

    MODELS[rung](torch.tensor([IDS]), note)
    assert passed == [(layer, site) for layer in range(config.n_layer) for site in sites_of(config)]


# ---- law 7: no edits, no difference


@every_rung
def test_law_7_no_edits_are_the_plain_trace_to_the_bit(rung: str) -> None:
    plain = trace(MODELS[rung], IDS)
    assert same_bits(plain, trace(MODELS[rung], IDS, []))
    assert same_bits(plain, trace(MODELS[rung], torch.tensor(IDS), ()))


# ---- and it leaves no mark


def fingerprint(model: GPT) -> tuple[str, list[list[str]], list[bool]]:
    """Every number of the model, the names of all that hangs on its parts, and their modes."""
    digest = hashlib.sha256()
    for name, tensor in (*model.named_parameters(), *model.named_buffers()):
        digest.update(name.encode() + tensor.detach().numpy().tobytes())
    held = [sorted(part.__dict__) + [f"{len(part._forward_hooks)} hooks"] for part in model.modules()]
    return digest.hexdigest(), held, [part.training for part in model.modules()]


@every_rung
def test_tracing_leaves_the_model_and_chance_as_they_were(rung: str) -> None:
    model = MODELS[rung]
    source = trace(model, OTHER)
    kept = {name: tensor.clone() for name, tensor in fields(source).items()}
    before, chance = fingerprint(model), torch.get_rng_state()
    edited = trace(model, IDS, every_edit(RUNGS[rung], source))
    trace(model, IDS)
    assert fingerprint(model) == before
    assert torch.equal(torch.get_rng_state(), chance)
    assert all(torch.equal(tensor, kept[name]) for name, tensor in fields(source).items())
    assert not edited.logits.requires_grad


def test_many_threads_tracing_one_model_get_the_same_bits() -> None:
    model = MODELS["gpt-2"]
    edits = (AblateHead(0, 1), ScaleSite("mlp_post", 1, 0.5))
    jobs = [(ids, chosen) for ids in (IDS, OTHER, IDS[:3]) for chosen in ((), edits)] * 20
    alone = {job: trace(model, *job) for job in jobs}
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda job: trace(model, *job), jobs))
    assert all(same_bits(alone[job], seen) for job, seen in zip(jobs, together, strict=True))


def test_edits_can_be_compared_hashed_and_not_changed() -> None:
    for rung in ("gpt-2", "many heads"):
        source, again = trace(MODELS[rung], OTHER), trace(MODELS[rung], OTHER)
        edits, same = every_edit(RUNGS[rung], source), every_edit(RUNGS[rung], again)
        assert edits == same
        assert [hash(edit) for edit in edits] == [hash(edit) for edit in same]
        assert len(set(edits)) == len(edits) == len({edit: None for edit in same})
        for edit in edits:
            with pytest.raises(dataclasses.FrozenInstanceError):
                edit.layer = 5  # type: ignore[misc]
    assert patch_from(trace(MODELS["gpt-2"], IDS), "z", 0) != patch_from(trace(MODELS["gpt-2"], OTHER), "z", 0)


def test_the_bare_rungs_differ_from_each_other_by_their_fields_only() -> None:
    assert GPTConfig(**BARE) == RUNGS["many heads"] and len(set(RUNGS.values())) == len(RUNGS)
