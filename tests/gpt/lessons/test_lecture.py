"""The lessons' experiments against the numbers that the lecture prints, to every digit."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch

from gpt import corpora
from gpt.analysis.mlp import activation_curves
from gpt.analysis.perplexity import surprise
from gpt.edits import ScaleSite
from gpt.lessons.experiments import (
    bigram,
    dropout,
    encoder,
    head,
    heads,
    mean,
    mlp,
    norm,
    numbers,
    pseudogpt,
    residual,
    scaled,
)
from gpt.lessons.ladder import HEADS, MLP, NORM, RESIDUAL
from gpt.lessons.passage import read
from gpt.model import GPT, CausalSelfAttention
from gpt.tokenizers import CharTokenizer
from gpt.trace import trace
from gpt.train import batches, evaluate
from tests.gpt.test_lecture import ALPHABET, BATCH, BIGRAM_WRITES, MEAN_OF_THE_PAST, ONE_HEAD, printed

# ---- 1


def test_the_greeting_and_the_batch() -> None:
    found = numbers.encode(numbers.GREETING, numbers.ALPHABET)
    assert found.ids == (46, 47, 47, 1, 58, 46, 43, 56, 43) and found.back == "hii there"
    assert numbers.ALPHABET == ALPHABET and numbers.ROWS == BATCH
    batch = numbers.lecture_batch()
    assert batch.inputs[0].tolist() == [24, 43, 58, 5, 57, 1, 46, 43]
    assert torch.equal(batch.inputs[:, 1:], batch.targets[:, :-1])


def test_a_window_teaches_as_many_times_as_it_is_long() -> None:
    batch = numbers.lecture_batch()
    found = numbers.examples(batch.inputs[0], batch.targets[0], numbers.ALPHABET)
    assert [(e.context, e.target) for e in found][:3] == [("L", "e"), ("Le", "t"), ("Let", "'")]
    assert len(found) == 8 and found[-1] == numbers.Example("Let's he", "a")
    with pytest.raises(ValueError, match="two rows of equal length"):
        numbers.examples(batch.inputs, batch.targets[0], numbers.ALPHABET)


def test_the_text_gives_that_batch() -> None:
    corpus = corpora.load("tinyshakespeare")
    ids, _ = batches.split_tokens(corpus, CharTokenizer.from_text(corpus.text), 8)
    found, known = numbers.first_batch(ids), numbers.lecture_batch()
    assert torch.equal(found.inputs, known.inputs) and torch.equal(found.targets, known.targets)
    split = numbers.split(corpus)
    assert (len(split.alphabet), split.train, split.val) == (65, 1_003_854, 111_540)


# ---- 2


def test_the_fresh_table_costs_and_writes_what_the_lecture_prints() -> None:
    found = bigram.fresh(numbers.lecture_batch(), numbers.ALPHABET)
    assert round(found.loss, 4) == 4.8786 and found.written == BIGRAM_WRITES
    assert found.uniform == pytest.approx(math.log(65))


def test_counts_and_tables() -> None:
    ids = torch.tensor([0, 1, 0, 1, 2, 1])  # (N,)
    found = bigram.counts(ids, 3)  # (3, 3)
    assert found.tolist() == [[0, 2, 0], [1, 0, 1], [0, 1, 0]]
    table = bigram.table_of(bigram.fresh_table(torch.Generator().manual_seed(0)))  # (V, V)
    torch.testing.assert_close(table.exp().sum(dim=1), torch.ones(65))
    with pytest.raises(ValueError, match="only a bigram, without layers, is one table"):
        bigram.table_of(GPT(HEADS))


def test_a_table_of_counts_matches_itself() -> None:
    ids = torch.randint(65, (20_000,), generator=torch.Generator().manual_seed(0))  # (N,)
    model = bigram.fresh_table(torch.Generator().manual_seed(0))
    model.token_embedding.weight.copy_(bigram.counts(ids, 65).clamp_min(0.001).log())
    found = bigram.match(model, ids, least=2)
    assert found.correlation > 0.9999 and found.furthest < 1e-3
    assert bigram.counted_loss(ids, ids, 65) < math.log(65)


# ---- 3


def test_three_ways_to_the_mean_of_the_past() -> None:
    for way in mean.ways(mean.lecture_x(), runs=1):
        assert printed(way.mean[0]) == MEAN_OF_THE_PAST and way.furthest < 1e-6 and way.milliseconds > 0
    with pytest.raises(ValueError, match=r"must be \(B, T, C\)"):
        mean.ways(torch.zeros(3, 2))


def test_loops_take_longer_than_a_matrix() -> None:
    found = {way.name: way.milliseconds for way in mean.ways(mean.timing_x(), runs=3)}
    assert found["two loops"] > 3 * found["one matrix"]


# ---- 4 and 5


def test_one_head_s_weights() -> None:
    wei = head.lecture_weights()  # (T, T)
    assert [row[: t + 1] for t, row in enumerate(printed(wei))] == ONE_HEAD


def test_the_lecture_s_sharpened_softmax() -> None:
    assert printed(head.sharpen(factor=1.0)[None]) == [[0.1925, 0.1426, 0.2351, 0.1426, 0.2872]]
    assert printed(head.sharpen()[None]) == [[0.0326, 0.0030, 0.1615, 0.0030, 0.8000]]


def test_scores_have_variance_d_and_dividing_mends_it() -> None:
    right, lecture, bare, slip = head.scalings(D=16, C=32)
    assert right.variance == pytest.approx(1, abs=0.1) and bare.variance == pytest.approx(16, rel=0.1)
    assert lecture.variance == pytest.approx(16 / 32, rel=0.1) and slip.variance == pytest.approx(16 * 32, rel=0.1)
    assert lecture.bits > right.bits > bare.bits > slip.bits and slip.largest > 0.9
    with pytest.raises(ValueError, match="each must be 1 or more"):
        head.scalings(D=0)


def test_many_heads_cost_what_one_costs() -> None:
    found = heads.one_and_many()
    assert found.one == found.many and found.patterns_many == 4 * found.patterns_one


@pytest.mark.parametrize("bias", [False, True])
def test_heads_side_by_side_are_a_sum(bias: bool) -> None:
    model = GPT(dataclasses.replace(HEADS, bias=bias), torch.Generator().manual_seed(0), std=0.3).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith("bias"):
                weight.normal_(0, 1, generator=torch.Generator().manual_seed(1))
    assert heads.concatenated(model, [1, 2, 3, 4], layer=1) < 1e-4
    seen = heads.heads_on(trace(model, [1, 2, 3, 4]).pattern, list("abcd"))
    assert len(seen) == 8 and all(0 <= one.itself <= 1 and 0 <= one.previous <= 1 for one in seen)


# ---- 6 to 8


def test_activations() -> None:
    curves_by_name = {curve.name: curve for curve in activation_curves()}
    relu = curves_by_name["relu"]
    assert torch.equal(relu.y, relu.x.clamp_min(0))
    assert set(curves_by_name) == {"relu", "gelu", "gelu_tanh", "solu"}
    busy = mlp.neurons(trace(GPT(MLP).eval(), [1, 2, 3]), [1, 2, 3])
    assert 0.1 < busy.silent < 0.9 and 1 <= busy.half < busy.width == 256 and 0 <= busy.shared <= 1
    with pytest.raises(ValueError, match="has no neurons"):
        mlp.neurons(trace(GPT(HEADS).eval(), [1, 2, 3]), [1, 2, 3])


def test_how_many_neurons_carry_half() -> None:
    """Two tokens, one layer: one neuron with all of it, then two with a half each; the second shares none."""
    post = torch.tensor([[[0.0, 5.0, 0.0, 0.0], [3.0, 0.0, 0.0, 3.0]]])  # (L, T, N)
    found = mlp.neurons(dataclasses.replace(trace(GPT(MLP).eval(), [1, 2]), mlp_post=post), [1, 2])
    assert (found.silent, found.half, found.shared, found.width) == (5 / 8, 1.0, 0.0, 4)


def test_the_gradient_arrives_only_with_residual_connections() -> None:
    free, blocked = residual.gradients(True), residual.gradients(False)
    assert len(free.norms) == len(blocked.norms) == 8
    assert free.arrives > 0.5 and blocked.arrives < 1e-6


def test_layer_norm_of_the_three_by_three_example() -> None:
    found = norm.three_by_three()
    row = [-1.2247, 0.0, 1.2247]
    assert printed(found.after) == [row] * 3 and printed(found.scaled) == [row] * 3
    assert printed(found.columns.T) == [row] * 3


def test_a_logit_is_the_sum_of_what_all_parts_add() -> None:
    model = GPT(RESIDUAL, torch.Generator().manual_seed(0), std=0.1).eval()
    ids = [5, 1, 4, 1, 5]
    found = trace(model, ids)
    whole = residual.contributions(model, found, ids)
    assert whole.parts == ("the token itself", "attention 1", "MLP 1", "attention 2", "MLP 2")
    assert whole.added.shape == (5, 4) and whole.furthest < 1e-4
    part = residual.contributions(model, found, ids, "MLP 1")
    torch.testing.assert_close(part.logit - part.added.sum(dim=0), whole.added[2], atol=1e-4, rtol=1e-4)
    off = trace(model, ids, [ScaleSite("mlp_out", 1, 0.0)])  # the last part's share: nothing reads it any more
    slow = float(surprise(off.logits, ids).mean())
    assert residual.loss_without(model, found, ids, "MLP 2") == pytest.approx(slow, abs=1e-5)
    with pytest.raises(ValueError, match="part is 'luck', but it must be one of the token itself"):
        residual.contributions(model, found, ids, "luck")
    with pytest.raises(ValueError, match="type two or more"):
        residual.contributions(model, trace(model, [1]), [1])
    with pytest.raises(ValueError, match="without norms is a plain sum"):
        residual.contributions(GPT(NORM).eval(), found, ids)


def test_norms_level_the_copy_and_post_norm_the_stream() -> None:
    model = GPT(NORM, torch.Generator().manual_seed(0), std=0.3).eval()
    found = norm.spreads(model, trace(model, [1, 2, 3]))
    assert [one.place for one in found][-2:] == ["before MLP 2", "before the output table"] and len(found) == 5
    assert all(one.after.tolist() == pytest.approx([1.0] * 3, abs=1e-3) for one in found)  # fresh gains are 1
    post = GPT(dataclasses.replace(NORM, norm="post"), torch.Generator().manual_seed(0), std=0.3).eval()
    level, free = pseudogpt.streams(trace(post, [1, 2, 3])), pseudogpt.streams(trace(model, [1, 2, 3]))
    assert level.places == ("embedding", "after attention 1", "after MLP 1", "after attention 2", "after MLP 2")
    assert (
        level.spread[1:].flatten().tolist() == pytest.approx([1.0] * 12, abs=1e-3) and level.apart < 1.01 < free.apart
    )
    with pytest.raises(ValueError, match="levels nothing before its parts"):
        norm.spreads(post, trace(post, [1, 2]))


# ---- 9 and 12


@pytest.mark.parametrize("p", [0.0, 0.2, 0.5])
def test_dropout_keeps_the_mean(p: float) -> None:
    found = dropout.drop(p)
    assert found.kept == pytest.approx(1 - p, abs=0.02) and found.mean == pytest.approx(1, abs=0.03)
    with pytest.raises(ValueError, match="from 0 to below 1"):
        dropout.drop(1.0)


def test_the_line_through_points_on_a_line() -> None:
    points = [scaled.Size(str(n), n, 3.0 - 0.25 * math.log10(n)) for n in (1_000, 10_000, 1_000_000)]
    line = scaled.line_through(points)
    assert line.per_tenfold == pytest.approx(0.25) and line.loss(100) == pytest.approx(2.5)
    with pytest.raises(ValueError, match="do not make a line"):
        scaled.line_through(points[:1])


def test_what_is_dropped_in_a_trained_model_is_always_the_same_for_a_seed() -> None:
    whole, some = (dropout.dropping("little", "ROMEO:", p) for p in (0.0, 0.5))
    assert torch.equal(whole.trace.logits, read("little", "ROMEO:").trace.logits)
    assert torch.equal(some.trace.logits, dropout.dropping("little", "ROMEO:", 0.5).trace.logits)
    assert not torch.equal(some.trace.logits, whole.trace.logits)
    dropped = (some.trace.attn_out == 0).float().mean()  # ()
    assert 0.4 < float(dropped) < 0.6
    assert dropout.mean_loss("little", "R", 0.5) is None


def test_losses_at_each_place_are_the_loss() -> None:
    ids = torch.randint(65, (400,), generator=torch.Generator().manual_seed(0))  # (N,)
    model = GPT(NORM, torch.Generator().manual_seed(0)).eval()
    found = encoder.leak(model, ids)
    assert len(found.places) == 32 and found.open == pytest.approx(sum(found.places) / 32)
    assert found.masked == pytest.approx(evaluate.mean_loss(model, ids), abs=1e-5) and found.last == found.places[-1]


def test_cross_attention_on_itself_without_a_mask_is_an_encoder_s() -> None:
    config = dataclasses.replace(HEADS, causal=False)
    attn = CausalSelfAttention(config)
    with torch.no_grad():
        for weight in attn.parameters():
            weight.normal_(0, 0.2, generator=torch.Generator().manual_seed(0))
    x = torch.randn(6, 64, generator=torch.Generator().manual_seed(1))  # (T, C)
    found = encoder.cross_attention(attn, x, x)
    torch.testing.assert_close(found.out, attn(x[None])[0], atol=1e-5, rtol=1e-4)
    other = encoder.cross_attention(attn, x, x[:3])
    assert other.pattern.shape == (4, 6, 3)
    torch.testing.assert_close(other.pattern.sum(dim=-1), torch.ones(4, 6))
    shapes = encoder.shapes("ROMEO:", 0, 0)
    assert {name: tuple(one.weights.shape) for name, one in shapes.items()} == {
        "encoder": (6, 6), "decoder": (6, 6), "cross-attention": (6, len(encoder.SOURCE)),
    }  # fmt: skip
    assert all(one.weights.sum(dim=-1).tolist() == pytest.approx([1.0] * 6, abs=1e-5) for one in shapes.values())
    assert not shapes["decoder"].weights.triu(1).any() and shapes["encoder"].weights.triu(1).any()
    with pytest.raises(ValueError, match="1 token or more"):
        encoder.in_window(0)
