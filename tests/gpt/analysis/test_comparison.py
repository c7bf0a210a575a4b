"""Two passes side by side: against itself a pass differs nowhere, and every measure is what its formula says."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
import torch

from gpt.analysis import comparison
from gpt.analysis.comparison import Side, align, align_words, compare, merged
from gpt.model import GPT
from gpt.trace import trace
from tests.support.ladder import IDS, OTHER, RUNGS, SIZE, V, fresh

WORDS = tuple("abcdefghijk")


def side(model: GPT, ids: tuple[int, ...] = IDS, words: tuple[str, ...] = WORDS) -> Side:
    """One pass of a model in eval mode."""
    return Side(model.eval(), trace(model.eval(), ids), ids, words)


def longest(a: tuple[int, ...], b: tuple[int, ...]) -> int:
    """The length of a longest common subsequence, by its definition."""
    if not a or not b:
        return 0
    if a[-1] == b[-1]:
        return 1 + longest(a[:-1], b[:-1])
    return max(longest(a[:-1], b), longest(a, b[:-1]))


def test_the_alignment_is_a_longest_common_subsequence_whichever_text_comes_first() -> None:
    draw = random.Random(0)
    for _ in range(150):
        a, b = (tuple(draw.randrange(4) for _ in range(draw.randrange(8))) for _ in range(2))
        pairs = align(a, b)
        assert all(a[i] == b[j] for i, j in pairs)
        assert all(i < k and j < n for (i, j), (k, n) in zip(pairs, pairs[1:], strict=False))
        assert len(pairs) == longest(a, b)
        assert tuple((i, j) for j, i in align(b, a)) == pairs
        columns = merged(pairs, len(a), len(b))
        assert [i for i, _ in columns if i is not None] == list(range(len(a)))
        assert [j for _, j in columns if j is not None] == list(range(len(b)))
        assert [column for column in columns if None not in column] == list(pairs)
    assert align("one character", "one charakter") == tuple((i, i) for i in range(13) if i != 9)
    assert align(list(range(900)), [5, *range(900)])[-1] == (899, 900)


def test_tokens_of_two_vocabularies_are_aligned_where_they_are_the_same_piece_of_the_text() -> None:
    assert align_words(list("to be to"), ["to", " be", " ", "t", "o"]) == ((5, 2), (6, 3), (7, 4))
    assert align_words(["to", " be"], ["so", " be"]) == ((1, 1),)
    assert align_words(["ab", "c"], ["a", "bc"]) == () == align_words([], ["a"])
    assert align_words(["a", "", "b"], ["a", "b"]) == ((0, 0), (2, 1))


@pytest.mark.parametrize("rung", RUNGS)
def test_a_pass_against_itself_differs_nowhere(rung: str) -> None:
    one = side(fresh(RUNGS[rung]), words=WORDS[:V])
    found = compare(one, one)
    assert found.pairs == tuple((i, i) for i in range(len(IDS)))
    assert torch.equal(found.heads.js, torch.zeros_like(found.heads.js))
    assert found.stream is not None and found.next is not None
    assert float(found.stream.relative.abs().max()) == 0.0 and float((found.stream.cosine - 1).abs().max()) == 0.0
    assert (found.next.kl_ab, found.next.kl_ba, found.next.js) == (0.0, 0.0, 0.0)
    assert torch.equal(found.loss_a, found.loss_b) and comparison.limits(one, one) == ""


@pytest.mark.parametrize("rung", RUNGS)
def test_what_has_no_direction_is_the_same_both_ways(rung: str) -> None:
    config = RUNGS[rung]
    a, b = side(fresh(config)), side(fresh(config, 1), (7, *IDS[:5], 2))
    one, back = compare(a, b), compare(b, a)
    assert tuple((j, i) for i, j in back.pairs) == one.pairs and len(one.pairs) == 6
    torch.testing.assert_close(one.heads.js, back.heads.js, rtol=0, atol=0)
    torch.testing.assert_close(one.heads.a, back.heads.b, rtol=0, atol=0)
    assert one.stream is not None and back.stream is not None and one.next is not None and back.next is not None
    torch.testing.assert_close(one.stream.relative, back.stream.relative, rtol=0, atol=0)
    torch.testing.assert_close(one.stream.cosine, back.stream.cosine, rtol=0, atol=0)
    assert one.next.js == back.next.js and (one.next.kl_ab, one.next.kl_ba) == (back.next.kl_ba, back.next.kl_ab)
    assert 0 < one.next.js <= 1 and float(one.stream.relative.max()) <= 2
    if config.n_layer and not config.uniform_attention:
        assert 0 < float(one.heads.js.min()) and float(one.heads.js.max()) <= 1


def test_every_measure_is_what_its_formula_says() -> None:
    a, b = side(fresh(RUNGS["pre-norm"])), side(fresh(RUNGS["pre-norm"], 1), (3, 1, 1, 5, 8, 9))
    found = compare(a, b, 1)
    assert found.pairs == ((0, 0), (1, 1), (3, 2), (4, 3), (5, 5)) and found.at == (1, 1)
    assert compare(a, b, 2).at == compare(a, b).at == (7, 5)  # token 3 of A is not in B: both last ones
    kept = [[i for i, _ in found.pairs], [j for _, j in found.pairs]]
    rows = list[float]()
    for n in range(5):
        p, q = ([float(s.trace.pattern[1, 0, at[n], k]) for k in at] for s, at in zip((a, b), kept, strict=True))
        p, q = [x / sum(p) for x in p], [x / sum(q) for x in q]
        middle = [(x + y) / 2 for x, y in zip(p, q, strict=True)]
        rows.append(sum(x * math.log2(x / m) / 2 for one in (p, q) for x, m in zip(one, middle, strict=True) if x > 0))
        assert found.heads.b[1, 0, n].tolist() == pytest.approx(q)
    assert float(found.heads.js[1, 0]) == pytest.approx(sum(rows) / 5, abs=1e-9)
    worst = found.heads.order()
    assert sorted(worst) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert [float(found.heads.js[place]) for place in worst] == sorted(found.heads.js.flatten().tolist(), reverse=True)
    x, y = a.trace.resid_post[-1, 3].double(), b.trace.resid_post[-1, 2].double()
    assert found.stream is not None and found.next is not None
    apart = 2 * float((x - y).norm()) / float(x.norm() + y.norm())
    assert float(found.stream.relative[-1, 2]) == pytest.approx(apart, rel=1e-9)
    assert float(found.stream.cosine[-1, 2]) == pytest.approx(float(torch.cosine_similarity(x, y, 0)), abs=1e-9)
    p, q = (s.trace.logits[1].double().softmax(-1).tolist() for s in (a, b))
    assert found.next.kl_ab == pytest.approx(sum(x * math.log2(x / y) for x, y in zip(p, q, strict=True)), abs=1e-9)
    assert found.next.whole and found.next.likeliest(1)[0] == max(range(V), key=lambda i: max(p[i], q[i]))
    nats = -a.trace.logits[2].double().log_softmax(-1)[1]  # of the token 1 at the fourth place
    assert found.losses()[1][0] == pytest.approx(float(nats), abs=1e-5) and len(found.losses()) == 4


def test_disjoint_distributions_are_one_bit_apart_and_a_row_without_weight_is_left_out() -> None:
    p, q = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
    assert float(comparison.jensen_shannon(p, q)) == 1.0
    one = trace(fresh(RUNGS["pre-norm"]).eval(), IDS)
    pattern = one.pattern.clone()
    pattern[:, :, 2] = 0.0
    pattern[:, :, 2, 0] = 1.0
    found = comparison.heads(replace(one, pattern=pattern), one, ((1, 1), (2, 2)))  # row 2 looks at token 0 alone
    assert found.js.tolist() == [[0.0, 0.0], [0.0, 0.0]] and float(found.a[0, 0, 1].sum()) == 0.0
    assert bool(comparison.heads(one, one, ()).js.isnan().all())


def test_other_vocabularies_and_shapes_compare_what_both_have_and_say_so() -> None:
    a = side(fresh(RUNGS["pre-norm"]))
    wide = replace(RUNGS["pre-norm"], n_layer=1, n_embd=12, n_head=3, vocab_size=6)
    b = side(fresh(wide, 1), (5, 0, 3, 1), ("d", "b", "zz", "e", "a", "f"))  # f d e b
    found = compare(a, b)
    assert [a.tokens[i] for i, _ in found.pairs] == ["d", "e", "b"]
    assert found.heads.js.shape == (1, 2) and found.stream is None
    assert found.next is not None and found.next.words == tuple("abdef") and not found.next.whole
    assert float(found.next.a.sum()) == pytest.approx(1.0) == float(found.next.b.sum())
    said = comparison.limits(a, b)
    assert said.count(".") == 1 and "share 5 words" in said and "first layer and 2 a layer" in said and "12" in said
    strange = compare(a, side(fresh(wide, 1), (5, 0), tuple("uvwxyz")))
    assert strange.pairs == () and strange.next is None and strange.losses() == []
    doubled = comparison.shared_words(("a", "b", "b"), ("b", "a", "c"))
    assert doubled == ([0], [1])


def test_one_token_and_a_changed_model() -> None:
    model = fresh(RUNGS["pre-norm"])
    found = compare(side(model, (3,)), side(model, (4,)))
    assert found.pairs == () and found.at == (0, 0) and found.next is not None and found.next.js > 0
    other = compare(side(model, OTHER), side(fresh(RUNGS["pre-norm"], 2), OTHER))
    assert float(other.heads.a.sum(-1).sub(1).abs().max()) < 1e-9 and SIZE["n_layer"] == len(other.heads.js)
