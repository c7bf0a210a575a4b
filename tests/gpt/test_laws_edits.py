"""What an edit promises, on every rung: it matters where it can (law 2), and never lets a token see ahead (law 4)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from gpt.config import GPTConfig
from gpt.edits import AblateHead, AblateSite, CutEdge, PatchSite, ScaleSite, patch_from
from gpt.tap import HEAD_SITES, Edit, sites_of
from gpt.trace import Trace, trace
from tests.support.ladder import CAUSAL, IDS, MODELS, OTHER, RUNGS, WITH_BLOCKS, every_edit


def moved(one: Tensor, two: Tensor) -> float:
    """How far apart two logits (T, V) are, in units of the largest."""
    return float((one - two).abs().max() / one.abs().max())


# ---- law 2: no silent no-op


def cannot_matter(config: GPTConfig, edit: Edit, T: int) -> bool:
    """Whether mathematics says that this edit, on a prompt of T tokens, changes no logit."""
    patch = isinstance(edit, PatchSite)
    # Uniform attention counts q·k zero times: the scores are 0 on any prompt, and the pattern is the same one.
    if config.uniform_attention and (edit.site in ("q", "k", "scores") or (edit.site == "pattern" and patch)):
        return True
    # A lone token's softmax has one entry, 1, whatever the score; and the mean of z so far is z itself.
    lone = edit.site in ("q", "k", "scores") or (edit.site == "pattern" and patch)
    means = isinstance(edit, (AblateHead, AblateSite)) and edit.mode == "mean"
    if T == 1 and (lone or means):
        return True
    # A layer norm does not see how long a vector is (but for its epsilon), so making all that goes in longer is undone.
    if not isinstance(edit, ScaleSite) or edit.factor <= 0.0 or config.norm == "none":
        return False
    # The end of the stream goes into the final norm. Before that, parts are yet to be added at their own length.
    ends = edit.site == "resid_post" or (edit.site == "resid_mid" and not config.feed_forward and config.norm == "pre")
    if config.has_final_norm and ends and edit.layer == config.n_layer - 1:
        return True
    if config.norm == "pre":
        return False
    # Post-norm: the norm undoes it where the part grows as the stream does. Without biases an MLP of ReLUs does, and so
    # does attention whose weights stay as they are: a lone token's.
    mlp_grows = config.activation == "relu" and edit.site == "resid_mid"
    into_attention = edit.site == "resid_pre" or (edit.site == "resid_post" and edit.layer < config.n_layer - 1)
    return not config.bias and (mlp_grows or (T == 1 and into_attention))


def taken(plain: Trace, edit: Edit) -> float:
    """The weight that a cut edge had, of which there may be little to take away; 1 of all other edits."""
    if not isinstance(edit, CutEdge):
        return 1.0
    weights = plain.pattern[edit.layer, :, edit.query, edit.key]  # (H,)
    return float(weights.max() if edit.head is None else weights[edit.head])


@pytest.mark.parametrize("rung", WITH_BLOCKS)
@pytest.mark.parametrize("T", [1, 8])
def test_law_2_an_edit_that_should_matter_moves_the_logits(rung: str, T: int) -> None:
    model, config = MODELS[rung], RUNGS[rung]
    plain = trace(model, IDS[:T])
    for edit in every_edit(config, trace(model, OTHER[:T])):
        distance = moved(plain.logits, trace(model, IDS[:T], [edit]).logits)
        if cannot_matter(config, edit, T):
            assert distance < 1e-4, edit
        else:
            assert distance > 1e-3 * taken(plain, edit), edit


@pytest.mark.parametrize("rung", WITH_BLOCKS)
def test_law_2_an_edit_is_recorded_as_what_flowed_on(rung: str) -> None:
    """At its place the trace shows the edited numbers, and all that came before is as it was."""
    model, config = MODELS[rung], RUNGS[rung]
    plain = trace(model, IDS)
    sites = sites_of(config)
    for edit in every_edit(config, trace(model, OTHER)):
        seen = trace(model, IDS, [edit])
        place = edit.layer * len(sites) + sites.index(edit.site)
        for order in range(config.n_layer * len(sites)):
            layer, site = divmod(order, len(sites))
            before, after = getattr(plain, sites[site])[layer], getattr(seen, sites[site])[layer]
            if order < place:
                assert torch.equal(after, before)
            elif order == place:
                assert torch.equal(after, edit(before[None])[0])


def test_edits_are_made_in_their_order() -> None:
    model = MODELS["gpt-2"]
    twice = trace(model, IDS, [ScaleSite("z", 0, 2.0), ScaleSite("z", 0, 3.0)])
    assert torch.equal(twice.z[0], trace(model, IDS).z[0] * 2.0 * 3.0)
    patch = patch_from(trace(model, OTHER), "z", 0)
    assert torch.equal(trace(model, IDS, [patch, ScaleSite("z", 0, 0.0)]).z[0], torch.zeros(2, 8, 4))
    assert torch.equal(trace(model, IDS, [ScaleSite("z", 0, 0.0), patch]).z[0], trace(model, OTHER).z[0])


def test_a_head_s_edit_leaves_the_other_heads_alone() -> None:
    model = MODELS["gpt-2"]
    plain = trace(model, IDS).z[0]  # (H, T, D)
    silent = trace(model, IDS, [AblateHead(0, 1)]).z[0]  # (H, T, D)
    assert torch.equal(silent[0], plain[0]) and not silent[1].any()
    mean = trace(model, IDS, [AblateHead(0, 1, "mean")]).z[0]  # (H, T, D)
    so_far = torch.stack([plain[1, : t + 1].mean(0) for t in range(8)])  # (T, D)
    assert torch.equal(mean[0], plain[0])
    torch.testing.assert_close(mean[1], so_far, rtol=0.0, atol=1e-6)


def test_patching_the_whole_first_stream_is_the_other_prompt() -> None:
    for rung in WITH_BLOCKS:
        other = trace(MODELS[rung], OTHER)
        patched = trace(MODELS[rung], IDS, [patch_from(other, "resid_pre", 0)])
        assert torch.equal(patched.logits, other.logits)


# ---- law 4: no edit lets a token see the future


def ahead(rung: str, cut: int, ids: tuple[int, ...], tail: tuple[int, ...], edits: Any) -> tuple[float, float]:
    """How far the logits before `cut` move when the later tokens are others, and when there are none.

    `edits` makes the edits for a prompt of so many tokens.
    """
    model = MODELS[rung]
    plain = trace(model, ids, edits(len(ids))).logits[:cut]  # (cut, V)
    changed = trace(model, ids[:cut] + tail[cut:], edits(len(ids))).logits[:cut]  # (cut, V)
    shorter = trace(model, ids[:cut], edits(cut)).logits  # (cut, V)
    size = max(float(plain.abs().max()), 1e-3)
    return float((plain - changed).abs().max()) / size, float((plain - shorter).abs().max()) / size


@pytest.mark.parametrize("rung", CAUSAL)
def test_law_4_under_every_single_edit(rung: str) -> None:
    model, config = MODELS[rung], RUNGS[rung]
    sources = {length: every_edit(config, trace(model, OTHER[:length])) for length in range(1, 9)}
    for number in range(len(sources[8])):
        for cut in (1, 5):
            far = ahead(rung, cut, IDS, OTHER, lambda length, number=number: sources[length][number : number + 1])
            assert max(far) < 1e-5, sources[8][number]
    for cut in range(1, 8):
        assert max(ahead(rung, cut, IDS, OTHER, lambda length: [])) < 1e-5


def test_law_4_is_not_empty_a_model_that_sees_the_future_breaks_it() -> None:
    assert min(ahead("sees the future", 5, IDS, OTHER, lambda length: [])) > 1e-3


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, int, tuple[int, ...], tuple[int, ...], tuple[int, ...], list[tuple[Any, ...]]]:
    """A rung, two prompts and where they part, a third to patch from, and up to four edits to be made together."""
    rung = draw(st.sampled_from([name for name in CAUSAL if name in WITH_BLOCKS]))
    config = RUNGS[rung]
    length = draw(st.integers(2, 8))
    prompt = st.lists(st.integers(0, 10), min_size=length, max_size=length).map(tuple)
    layer, head = st.integers(0, config.n_layer - 1), st.integers(0, config.n_head - 1)
    site = st.sampled_from(sites_of(config))
    factor = st.sampled_from([0.0, -1.0, 0.5, 2.0]) | st.floats(-3.0, 3.0, width=32)
    plan = st.one_of(
        st.tuples(st.just("ablate"), layer, head, st.sampled_from(["zero", "mean"])),
        st.tuples(st.just("scale"), layer, st.none() | head, site, factor),
        st.tuples(st.just("patch"), layer, st.none() | head, site),
    )
    cut = draw(st.integers(1, length - 1))
    return rung, cut, draw(prompt), draw(prompt), draw(prompt), draw(st.lists(plan, max_size=4))


def make(plan: tuple[Any, ...], source: Trace) -> Edit:
    """The edit that a plan stands for; a head is named only where the site has heads."""
    kind, layer, head, *rest = plan
    if kind == "ablate":
        return AblateHead(layer, head, *rest)
    head = head if rest[0] in HEAD_SITES else None
    return patch_from(source, rest[0], layer, head) if kind == "patch" else ScaleSite(rest[0], layer, rest[1], head)


@settings(max_examples=200, deadline=None)
@given(cases())
def test_law_4_under_any_edits_together(case: Any) -> None:
    rung, cut, ids, tail, third, plans = case

    def edits(length: int) -> list[Edit]:
        source = trace(MODELS[rung], third[:length])
        return [make(plan, source) for plan in plans]

    assert max(ahead(rung, cut, ids, tail, edits)) < 1e-4


def test_law_4_when_a_hidden_score_overflows() -> None:
    """Turned up far enough, a score is infinite; the mask hides it all the same: the first token sees itself alone."""
    model = MODELS["gpt-2"]
    scores = np.zeros((2, 2, 2), dtype=np.float32)  # (H, T, T)
    scores[:, 0, 1] = 3e38  # the largest float32 is 3.4e38
    edits = [PatchSite("scores", 0, None, scores.shape, scores.tobytes()), ScaleSite("scores", 0, 10.0)]
    seen = trace(model, IDS[:2], edits)
    assert seen.scores[0, 0, 0, 1].isinf()
    torch.testing.assert_close(seen.logits[:1], trace(model, IDS[:1]).logits, rtol=0.0, atol=1e-5)


def test_law_4_a_pattern_that_looks_ahead_is_refused() -> None:
    """A pattern taken from a model that sees the future would show it to one that does not."""
    source = trace(MODELS["sees the future"], OTHER)
    with pytest.raises(ValueError, match="future"):
        trace(MODELS["pre-norm"], IDS, [patch_from(source, "pattern", 0)])
    trace(MODELS["sees the future"], IDS, [patch_from(source, "pattern", 0)])
