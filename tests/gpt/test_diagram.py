"""The diagram: every parameter stands in a box, and every switch that matters says so in a box and in the words."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from gpt.config import GPTConfig
from gpt.diagram import Box, Diagram, diagram, parts_of
from gpt.size import count
from tests.support.ladder import RUNGS

# A model in which every field matters; as wide as its vocabulary, so that its head can be none.
HERE = GPTConfig(vocab_size=16, n_embd=16, n_head=2, n_layer=2, block_size=8, head="untied", d_ff=32)
# What means something beside another switch only: the model in which it does.
BESIDE = {
    "final_norm": dataclasses.replace(HERE, norm="post"),
    "qkv_bias": dataclasses.replace(HERE, bias=True),
}


def boxes(drawn: Diagram) -> list[Box]:
    """All boxes of a model, in the order in which a token passes them."""
    return [*drawn.before, *drawn.block, *drawn.after]


def others() -> list[tuple[str, Any]]:
    """Every field of a model's architecture with each value but its own."""
    values: list[tuple[str, Any]] = []
    for name, one in GPTConfig.settings().items():
        mine = getattr(HERE, name)
        if one.kind == "choice":
            values += [(name, word) for word in one.choices if word != mine]
        elif one.kind in ("switch", "real"):
            values.append((name, 0.25 if one.kind == "real" else not mine))
        else:
            values.append((name, mine // 2))
    return values


@pytest.mark.parametrize("config", RUNGS.values(), ids=RUNGS)
def test_every_parameter_stands_in_a_box(config: GPTConfig) -> None:
    drawn = diagram(config)
    once = sum(box.parameters for box in drawn.before + drawn.after)
    assert once + config.n_layer * sum(box.parameters for box in drawn.block) == drawn.total == count(config)
    assert bool(drawn.times) == bool(drawn.block) == bool(config.n_layer)
    assert all(box.text and not box.text.startswith(",") for box in boxes(drawn))


@pytest.mark.parametrize(("name", "value"), others(), ids=str)
def test_every_switch_shows(name: str, value: Any) -> None:
    """In a box, and (but for mere sizes, which only a box tells) in the words."""
    here = BESIDE.get(name, HERE)
    before, after = diagram(here), diagram(dataclasses.replace(here, **{name: value}))
    assert (before.times, [box.text for box in boxes(before)]) != (after.times, [box.text for box in boxes(after)])
    sized = GPTConfig.settings()[name].kind == "whole"
    assert (before.words == after.words) == sized


def test_every_part_that_a_field_names_can_be_there() -> None:
    """One that is misspelt would never be drawn."""
    named = {part for one in GPTConfig.settings().values() for part in one.parts}
    assert named <= parts_of(HERE).union(*map(parts_of, BESIDE.values()))


def test_what_the_default_says() -> None:
    drawn = diagram(GPTConfig())
    assert [box.text for box in drawn.before] == ["token vectors, 65 × 192", "+ learned position vectors, 128 × 192"]
    assert drawn.times == "block × 6, layer norm before each part, no biases"
    assert [box.text for box in drawn.block] == [
        "layer norm",
        "attention, 6 heads of 32, causal mask, scores ÷ √D",
        "residual: add to the stream",
        "layer norm",
        "MLP, 768 neurons, GELU",
        "residual: add to the stream",
    ]
    assert [box.text for box in drawn.after] == ["final layer norm", "logits by the token vectors (tied)"]
    assert drawn.words == (
        "learned position vectors; layer norm before each part; residual: add to the stream; causal mask; "
        "scores ÷ √D; GELU; no biases; logits by the token vectors (tied)"
    )


def test_what_means_nothing_is_not_said() -> None:
    """Not the activation without an MLP, not the scale of weights that are all alike, nothing of blocks without any."""
    plain = diagram(dataclasses.replace(HERE, feed_forward=False, uniform_attention=True, dropout=0.5))
    assert "GELU" not in plain.words and "√D" not in plain.words and "uniform" in plain.words
    assert plain.before[-1].text.endswith(", dropout 0.5") and plain.block[-1].text.endswith(", dropout 0.5")
    bigram = diagram(RUNGS["bigram"])
    assert bigram.words == "no position vectors; the stream is the logits" and not bigram.block
    post = diagram(dataclasses.replace(HERE, norm="post"))
    assert [box.kind for box in diagram(HERE).block] == ["norm", "attention", "join", "norm", "mlp", "join"]
    assert [box.kind for box in post.block] == ["attention", "join", "norm", "mlp", "join", "norm"]
    table = diagram(dataclasses.replace(HERE, bias=True)).after[-1].text
    assert table == "logits by a table of its own, biases"
    one = diagram(dataclasses.replace(HERE, n_head=1))
    assert "1 head of 16" in one.block[1].text
