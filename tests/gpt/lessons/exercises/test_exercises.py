"""The exercises: the right lines are PyTorch's own layers, and every slip and every wrong order has its sentence."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

import pytest
import torch
from torch import Tensor, nn

from gpt.lessons.exercises import program, small
from gpt.lessons.exercises.judgement import SAME, Judgement, complaints, judge
from gpt.lessons.exercises.line import DEEPEST, MARGIN, Exercise, Line
from gpt.lessons.exercises.small import SIZES
from gpt.lessons.exercises.table import EXERCISES
from gpt.lessons.postnorm import Block

Program = list[tuple[Line, int]]
ALL = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
FREE = {"head": 28, "block": 1, "model": 3}  # orders in which the right lines may stand


def layer_of(block: Block) -> nn.TransformerEncoderLayer:
    """PyTorch's own post-norm layer with the weights of a block."""
    layer = nn.TransformerEncoderLayer(SIZES.C, SIZES.H, SIZES.d_ff, dropout=0.0, batch_first=True).eval()
    names = ("query", "key", "value")
    with torch.no_grad():
        rows = [head.get_submodule(name).get_parameter("weight") for name in names for head in block.heads]
        layer.self_attn.in_proj_weight.copy_(torch.cat(tuple(rows)))  # (3C, C): q of all heads, then k, then v
        layer.self_attn.in_proj_bias.zero_()
        layer.self_attn.out_proj.load_state_dict(block.project.state_dict())
        layer.linear1.load_state_dict(block.feed_forward[0].state_dict())
        layer.linear2.load_state_dict(block.feed_forward[2].state_dict())
        layer.norm1.load_state_dict(block.norm1.state_dict())
        layer.norm2.load_state_dict(block.norm2.state_dict())
    return layer


def by_torch(key: str) -> Tensor:
    """What PyTorch's own layers give for an exercise."""
    model, mask = small.whole(), nn.Transformer.generate_square_subsequent_mask(small.T)
    x = small.stream()
    with torch.no_grad():
        if key == "head":
            head = small.head()
            q, k, v = (x @ layer.weight.T for layer in (head.query, head.key, head.value))
            return nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        if key == "block":
            return layer_of(small.block())(x, src_mask=mask)
        for block in model.blocks:
            assert isinstance(block, Block)
            x = layer_of(block)(x, src_mask=mask)
        return nn.functional.linear(model.norm(x), model.output.weight, model.output.bias)


@ALL
def test_the_right_lines_are_pytorchs_own_layers(exercise: Exercise) -> None:
    found = judge(exercise, exercise.answer)
    assert found.solved and found.hints == () and found.at is None
    assert isinstance(found.yours, Tensor)
    assert float((found.yours - by_torch(exercise.key)).abs().max()) <= 1e-6
    assert float((found.truth - by_torch(exercise.key)).abs().max()) <= 1e-6
    assert tuple(found.truth.shape) == (small.B, small.T, len(exercise.columns))


@ALL
def test_whatever_order_is_allowed_is_right_and_no_other(exercise: Exercise) -> None:
    """A line that must not stand above another is the only thing that makes an order wrong."""
    lines, orders = list(exercise.answer), [(order.first, order.then) for order in exercise.orders]

    def allowed(done: Program, left: Program) -> Iterator[Program]:
        if not left:
            yield done
        for one in left:
            if not any(then == one[0].key and first in {line.key for line, _ in left} for first, then in orders):
                yield from allowed([*done, one], [other for other in left if other is not one])

    ways = list(allowed([], lines))
    assert len(ways) == FREE[exercise.key]
    for way in ways:
        assert judge(exercise, way).solved, [line.text for line, _ in way]


def wrong(exercise: Exercise) -> Iterator[tuple[str, Program]]:
    """One thing wrong: a slip, a line too few, one too many, two beside each other the other way round, an indent."""
    right = list(exercise.answer)
    for twin in (line for line in exercise.lines if line.twin):
        yield f"slip {twin.text}", [(twin, depth) if line.key == twin.twin else (line, depth) for line, depth in right]
        at = next(i for i, (line, _) in enumerate(right) if line.key == twin.twin)
        yield f"both {twin.text}", [*right[: at + 1], (twin, right[at][1]), *right[at + 1 :]]
    for i, (line, depth) in enumerate(right):
        yield f"without {line.text}", right[:i] + right[i + 1 :]
        for other in range(MARGIN, DEEPEST + 1):
            if other != depth:
                yield f"{line.text} at {other}", [*right[:i], (line, other), *right[i + 1 :]]
    for i, (one, two) in enumerate(zip(right, right[1:], strict=False)):
        yield f"{two[0].text} above {one[0].text}", [*right[:i], two, one, *right[i + 2 :]]


@ALL
def test_every_slip_and_every_wrong_order_has_a_sentence_of_its_own(exercise: Exercise) -> None:
    first = dict[str, str]()
    for what, lines in wrong(exercise):
        found = judge(exercise, lines)
        if found.solved:  # two lines that do not need each other
            assert " above " in what
            sentence = found.said
            assert "in another order, which is all the same" in sentence
        else:
            if not what.startswith("both"):
                assert found.distance is None or found.distance > 1e-3, what
            sentence = found.hints[-1 if what.startswith("both") else 0][1]
        assert sentence not in first, f"{what} and {first[sentence]} are told the same: {sentence}"
        assert sentence.endswith(".") and len(sentence) < 320
        first[sentence] = what


@ALL
def test_a_line_moved_anywhere_else_is_told_in_words_that_no_other_move_gets(exercise: Exercise) -> None:
    right, seen = list(exercise.answer), dict[tuple[str, ...], tuple[Line, ...]]()
    for at, to in permutations(range(len(right)), 2):
        lines = [*right[:at], *right[at + 1 :]]
        lines.insert(to, right[at])
        told, order = tuple(why for _, why in complaints(exercise, lines)), tuple(line for line, _ in lines)
        assert not told or seen.setdefault(told, order) == order
        assert judge(exercise, lines).solved == (not told)


@ALL
def test_a_slip_is_found_where_it_stands_and_only_once(exercise: Exercise) -> None:
    for twin in (line for line in exercise.lines if line.twin):
        lines = [(twin, depth) if line.key == twin.twin else (line, depth) for line, depth in exercise.answer]
        at = next(i for i, (line, _) in enumerate(lines) if line is twin)
        found = judge(exercise, lines)
        assert found.hints == ((at, twin.slip),)
        assert found.at is not None and found.at >= at, "numbers cannot part before the line that is wrong"
        stopped = "stops" in found.said
        assert stopped or found.at == at, f"{twin.text} runs, so its own line is the first that differs"


def test_where_numbers_part_is_told_whatever_the_order_of_lines_that_do_not_need_each_other() -> None:
    head = EXERCISES["head"]
    keys = ("hv", "hk", "hq", "hs", "hm", "hd", "hw", "ho", "hr")
    assert judge(head, [(head.line(key), 1) for key in keys]).solved
    found = judge(head, [(head.line("hdx" if key == "hd" else key), 1) for key in keys])
    assert (found.at, found.distance is not None) == (5, True)
    assert found.said.endswith("the first line after which they differ is 6, `scores = scores * D ** 0.5`.")


def test_what_is_wrong_is_told_in_numbers_shapes_and_names() -> None:
    block, head = EXERCISES["block"], EXERCISES["head"]

    def said(exercise: Exercise, *places: tuple[str, int]) -> str:
        return judge(exercise, [(exercise.line(key), depth) for key, depth in places]).said

    assert said(head) == "Nothing is there yet: choose the first line."
    assert said(head, ("hs", 1)) == "Line 1 stops: nothing is called `q` there yet."
    assert "`q` of shape (1, 4, 2) and `k` of shape (1, 4, 2) do not fit" in said(
        head, ("hq", 1), ("hk", 1), ("hsx", 1)
    )
    assert said(head, ("hq", 1)).startswith("It runs to the end and returns nothing; what the lines make is right")
    assert said(block, ("ba", 1), ("bl", 1)) == "Line 2 opens a loop with nothing in it. Nothing was run."
    assert "returns another shape: (1, 4, 4), where the class gives (1, 4, 2)" in said(
        head, *((key, 1) for key in ("hq", "hk", "hvx", "hs", "hd", "hm", "hw", "ho", "hr"))
    )


@ALL
def test_no_program_whatever_it_is_makes_the_engine_stumble(exercise: Exercise) -> None:
    """Lines drawn at random, at random depths: each is judged, and only the class's own numbers count as solved."""
    draw = random.Random(7)
    for _ in range(150):
        lines = draw.sample(exercise.lines, draw.randrange(len(exercise.lines) + 1))
        deep = draw.random() < 0.5
        found: Judgement = judge(exercise, [(line, draw.randrange(4) if deep else line.depth) for line in lines])
        assert found.solved == (found.distance is not None and found.distance <= SAME and not found.hints)
        assert found.solved or found.hints
        assert all(at is None or 0 <= at < len(lines) for at, _ in found.hints)


def test_nothing_is_run_but_what_this_project_wrote() -> None:
    """A line's text is never looked at: with other words the same function runs."""
    head = EXERCISES["head"]
    said = [(replace(line, text="raise SystemExit"), depth) for line, depth in head.answer]
    ran, right = program.run(head, said), program.run(head, head.answer)
    assert torch.equal(ran.out, right.out)
    keys = [line.key for exercise in EXERCISES.values() for line in exercise.lines]
    assert len(keys) == len(set(keys)), "a link names lines of all exercises by their keys"
    with pytest.raises(KeyError, match="no line 'zz'"):
        head.line("zz")
