"""Silence, cut and patch, many variants in one pass: as single passes, as `transformer_lens` and the field have it."""

from __future__ import annotations

import contextlib
import io
import random
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from gpt import bundled, checkpoint, gpt2
from gpt.analysis import patching
from gpt.analysis.branching import predictions
from gpt.analysis.input_gradients import gradient_times_head, gradient_times_input, integrated_gradients
from gpt.analysis.knockout import BY, edge_lines, head_lines, knockouts, measured, mlp_lines, token_lines
from gpt.analysis.stacks import edits_of
from gpt.analysis.variants import effects, passes
from gpt.edits import AblateHead, CutEdge, ScaleSite, SilenceToken, patch_from, row_from
from gpt.model import GPT
from gpt.trace import Trace, trace
from tests.gpt.test_gpt2 import SHAPE, theirs
from tests.support.ladder import CAUSAL, IDS, MODELS, OTHER, RUNGS, WITH_BLOCKS, every_edit

CLOSE = 1e-5
LAST = len(IDS) - 1


def near(one: Tensor, two: Tensor, most: float = CLOSE) -> bool:
    """Whether two logits are as near as 32 bits can tell, in units of the largest."""
    return float((one - two).abs().max()) <= most * max(1.0, float(one.abs().max()))


@pytest.mark.parametrize("rung", WITH_BLOCKS)
def test_a_batch_of_variants_is_so_many_single_passes(rung: str) -> None:
    model, edits = MODELS[rung], every_edit(RUNGS[rung], trace(MODELS[rung], OTHER))
    stacks = [(), *((edit,) for edit in edits[::3]), tuple(edits[:4])]
    found = torch.cat(list(passes(model, IDS, stacks)))  # (N, T, V)
    assert len(found) == len(stacks)
    for logits, stack in zip(found, stacks, strict=True):
        assert near(logits, trace(model, IDS, stack).logits), stack


@pytest.mark.parametrize("rung", WITH_BLOCKS)
def test_variants_that_share_what_is_the_same_are_single_passes_too(rung: str) -> None:
    """Whatever all have in common before: nothing, or edits at several sites."""
    model, edits = MODELS[rung], every_edit(RUNGS[rung], trace(MODELS[rung], OTHER))
    stacks = [*((edit,) for edit in edits[::11]), *((edit,) for edit in edits[-6:]), tuple(edits[:4])]
    for at, common in ((LAST, ()), (4, tuple(edits[1::29]))):
        base = trace(model, IDS, common)
        told = [base.logits[at]] * len(stacks)  # of what cannot matter nothing is told
        for places, logits in predictions(model, base, stacks, at, common):
            for place, row in zip(places, logits, strict=True):
                told[place] = row
        singles = [trace(model, IDS, (*common, *stack)).logits[at] for stack in stacks]
        for row, single, stack in zip(told, singles, stacks, strict=True):
            assert near(row, single), stack
        found = effects(model, IDS, stacks[-2:], at, 2, common)
        changes = [float(one[2].double() - base.logits[at, 2].double()) for one in singles[-2:]]
        assert found.logit.tolist() == pytest.approx(changes, abs=2e-5)


@pytest.mark.parametrize("rung", WITH_BLOCKS)
def test_everything_patched_is_b_and_nothing_patched_is_a(rung: str) -> None:
    model = MODELS[rung]
    a, b = trace(model, IDS), trace(model, OTHER)
    (alone,) = passes(model, IDS, [()])
    assert torch.equal(alone[0], a.logits)  # no edit: the same bits
    rows = tuple(row_from(b, "resid_pre", 0, t) for t in range(len(IDS)))
    found = torch.cat(list(passes(model, IDS, [(), rows, (patch_from(b, "resid_pre", 0),)])))  # (3, T, V)
    assert near(found[0], a.logits) and near(found[1], b.logits) and near(found[2], b.logits)


@pytest.mark.parametrize("by", list(BY))
def test_every_part_is_silenced_and_measured(by: str) -> None:
    model, config = MODELS["gpt-2"], RUNGS["gpt-2"]
    plain, other = trace(model, IDS), trace(model, OTHER)
    found = knockouts(model, IDS, LAST, by=by, other=other)
    L, H, T = config.n_layer, config.n_head, len(IDS)
    assert (len(found.heads), len(found.mlps), len(found.tokens)) == (L * H, L, T)
    token = int(plain.logits[LAST].argmax())
    for i, line in enumerate((*found.heads, *found.mlps, *found.tokens)):
        after = trace(model, IDS, edits_of(model, line, other)).logits[LAST].double()
        before = plain.logits[LAST].double()
        assert float(found.found.logit[i]) == pytest.approx(float(after[token] - before[token]), abs=2e-5)
        moved = after.softmax(-1)[token] - before.softmax(-1)[token]
        assert float(found.found.share[i]) == pytest.approx(float(moved), abs=1e-5)
        p, q = before.log_softmax(-1), after.log_softmax(-1)
        assert float(found.found.kl[i]) == pytest.approx(
            float((p.exp() * (p - q)).sum()) / 0.6931471805599453, abs=1e-4
        )
    assert found.grid(found.found.kl, H).shape == (L, H)
    assert len(found.of_mlps(found.found.kl)) == L and len(found.of_tokens(found.found.kl)) == T


def test_what_cannot_be_silenced_is_said() -> None:
    with pytest.raises(ValueError, match="no blocks"):
        knockouts(MODELS["bigram"], IDS, LAST)
    with pytest.raises(ValueError, match="name that prompt"):
        knockouts(MODELS["pre-norm"], IDS, LAST, by="other")
    assert not knockouts(MODELS["attention only"], IDS, LAST).mlps


@pytest.mark.parametrize("rung", CAUSAL)
def test_a_token_that_comes_later_cannot_matter(rung: str) -> None:
    if RUNGS[rung].n_layer:
        kl = knockouts(MODELS[rung], IDS, 3).of_tokens(knockouts(MODELS[rung], IDS, 3).found.kl)
        assert float(kl[4:].max()) < 1e-6


def test_an_edge_is_cut_as_a_score_of_minus_infinity_would() -> None:
    model = MODELS["pre-norm"]

    class Never:
        site, layer = "scores", 1

        def check(self, config: object, T: int) -> None: ...

        def __call__(self, x: Tensor) -> Tensor:
            new = x.clone()
            new[:, 1, 5, 2] = -torch.inf
            return new

    cut = trace(model, IDS, [CutEdge(1, 1, 5, 2)])
    assert near(cut.logits, trace(model, IDS, [Never()]).logits)
    assert torch.allclose(cut.pattern.sum(-1), torch.ones(2, 2, 8)) and float(cut.pattern[1, 1, 5, 2]) == 0.0
    for query, key, words in ((2, 5, "comes later"), (0, 0, "sees nothing but itself")):
        with pytest.raises(ValueError, match=words):
            trace(model, IDS, [CutEdge(1, 1, query, key)])


@pytest.mark.parametrize("rung", WITH_BLOCKS)
def test_integrated_gradients_add_up(rung: str) -> None:
    found = integrated_gradients(MODELS[rung], IDS, LAST, 4)
    way = found.end - found.start
    assert float(found.parts.sum()) == pytest.approx(way, abs=0.01 * abs(way) + 1e-4)


@pytest.mark.parametrize("name", ["shakespeare", "copy", "sort", "mini"])
def test_they_add_up_on_the_bundled_models(name: str) -> None:
    model, ids = read(name, "abcabcab" if name != "sort" else "")
    token = int(trace(model, ids).logits[-1].argmax())
    found = integrated_gradients(model, ids, len(ids) - 1, token)
    assert float(found.parts.sum()) == pytest.approx(found.end - found.start, abs=0.01 * abs(found.end - found.start))


@pytest.mark.parametrize("name", ["shakespeare", "shakespeare-bpe", "copy", "sort", "mini"])
def test_variants_of_the_bundled_models_are_single_passes(name: str) -> None:
    model, ids = read(name, "abcabcab" if name != "sort" else "")
    config, at = model.config, len(ids) - 1
    lines = [*head_lines(config, "mean")[::7], *mlp_lines(config, "zero")[-1:], *token_lines([0, at], "zero")]
    lines += edge_lines(config, len(ids), at)[-2:]
    found, plain = measured(model, ids, lines, at, 2), trace(model, ids).logits[at, 2]
    for line, change in zip(lines, found.logit.tolist(), strict=True):
        single = trace(model, ids, edits_of(model, line, None)).logits[at, 2]
        assert change == pytest.approx(float(single - plain), abs=1e-4), line


@pytest.mark.parametrize("rung", ["pre-norm", "pseudo-gpt", "feed-forward"])
def test_gradients_agree_with_finite_differences(rung: str) -> None:
    model = deepcopy(MODELS[rung]).double()
    heads = gradient_times_head(model, IDS, LAST, 4)  # (L, H)
    step = 1e-5
    for layer in range(len(heads)):
        for head in range(heads.shape[1]):
            high, low = (
                trace(model, IDS, [ScaleSite("z", layer, 1 + by, head)]).logits[LAST, 4] for by in (step, -step)
            )
            assert float(heads[layer, head]) == pytest.approx(float(high - low) / (2 * step), abs=1e-6)
    tokens = gradient_times_input(model, IDS, LAST, 4)  # (T,)

    class Longer(SilenceToken):
        def __call__(self, x: Tensor) -> Tensor:
            new = x.clone()
            new[:, self.position] *= 1 + (step if self.mode == "mean" else -step)
            return new

    for t in range(len(IDS)):
        high, low = (trace(model, IDS, [Longer(t, mode)]).logits[LAST, 4] for mode in ("mean", "zero"))
        assert float(tokens[t]) == pytest.approx(float(high - low) / (2 * step), abs=1e-6)


def read(name: str, text: str) -> tuple[GPT, list[int]]:
    """A bundled model and a text that it reads."""
    found = next(one for one in bundled.shelf() if one.name == name)
    model = checkpoint.load(found.last)
    return model.model, list(model.tokenizer.encode(text)) if text else list(range(min(6, model.config.vocab_size)))


def test_without_its_head_of_the_previous_token_copy_no_longer_copies() -> None:
    """An induction head needs another one that tells each token what stood before it (Olsson et al. 2022)."""
    falls, befores, chance = [], [], random.Random(3)
    for _ in range(6):
        word = "".join(chance.sample("abcdefgh", 8))
        model, ids = read("copy", f"\n{word}|{word[:4]}")
        wanted = ids[5]  # what comes after the fourth letter
        looks = trace(model, ids).pattern.diagonal(-1, -2, -1).mean(-1)  # (L, H) at the token just before
        layer, head = divmod(int(looks.argmax()), model.config.n_head)
        assert layer == 0
        found = effects(model, ids, [(AblateHead(layer, head),)], len(ids) - 1, wanted)
        befores.append(found.before_share)
        falls.append(-float(found.share[0]))
    assert sum(befores) / 6 > 0.95 and sum(falls) / 6 > 0.5, (befores, falls)


# ---- `transformer_lens`, on the same random weights of a GPT-2


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[GPT, Any]:
    """Our model and theirs."""
    from tokenizers import Tokenizer, models
    from transformers.tokenization_utils_tokenizers import PreTrainedTokenizerFast

    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stderr(io.StringIO()):
        patch.setenv("HF_HUB_OFFLINE", "1")
        from transformer_lens.model_bridge import TransformerBridge

        folder: Path = tmp_path_factory.mktemp("gpt2")
        reference = theirs()
        reference.save_pretrained(folder)
        words = Tokenizer(models.WordLevel({str(i): i for i in range(SHAPE["vocab_size"])}, "0"))
        special = {f"{name}_token": "0" for name in ("bos", "eos", "pad")}
        PreTrainedTokenizerFast(tokenizer_object=words, **special).save_pretrained(folder)
        tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
        lens = TransformerBridge.boot_transformers(str(folder), hf_model=reference, tokenizer=tokenizer, device="cpu")
    return gpt2.load(folder), lens


GPT2_IDS, GPT2_OTHER = (3, 30, 0, 7, 7, 19, 2, 11), (4, 8, 15, 16, 23, 4, 2, 12)


@pytest.mark.parametrize("site", ["resid_pre", "attn_out", "mlp_out", "z"])
def test_patching_is_theirs(both: tuple[GPT, Any], site: str) -> None:
    from transformer_lens import patching as theirs_patching

    ours, lens = both
    here = patching.pair(ours, GPT2_IDS, GPT2_OTHER)
    one, other = torch.tensor([GPT2_IDS]), torch.tensor([GPT2_OTHER])
    function = {"z": "get_act_patch_attn_head_out_all_pos"}.get(site, f"get_act_patch_{site}")
    with torch.no_grad(), contextlib.redirect_stderr(io.StringIO()):
        _, cache = lens.run_with_cache(other)
        grid = getattr(theirs_patching, function)(
            lens, one, cache, lambda logits: patching.difference(logits[0, 7], here.answers)
        )
    found = here.measured(here.by_head() if site == "z" else here.by_token(site))
    assert torch.allclose(found.float().view(grid.shape), grid.float(), atol=1e-4)


def test_silent_heads_are_theirs(both: tuple[GPT, Any]) -> None:
    ours, lens = both
    found = knockouts(ours, GPT2_IDS, 7)
    before = trace(ours, GPT2_IDS).logits[7]
    token = int(before.argmax())
    for layer in range(SHAPE["n_layer"]):
        for head in range(SHAPE["n_head"]):

            def silent(z: Tensor, hook: object, head: int = head) -> Tensor:
                z = z.clone()
                z[:, :, head] = 0.0  # (B, T, H, D)
                return z

            with torch.no_grad():
                hooks = [(f"blocks.{layer}.attn.hook_z", silent)]
                logits = lens.run_with_hooks(torch.tensor([GPT2_IDS]), fwd_hooks=hooks)
            moved = float(logits[0, 7, token] - before[token])
            assert float(found.grid(found.found.logit, SHAPE["n_head"])[layer, head]) == pytest.approx(moved, abs=1e-4)


def test_a_trace_is_what_patches_are_taken_from() -> None:
    source: Trace = trace(MODELS["pre-norm"], OTHER)
    with pytest.raises(ValueError, match="no site 'z' of one vector a token"):
        row_from(source, "z", 0, 0)
    with pytest.raises(ValueError, match="none at position 9"):
        row_from(source, "resid_pre", 0, 9)
