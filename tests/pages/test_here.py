"""You are here: the strip names the parts of the very model that is shown, in a token's order."""

from __future__ import annotations

from typing import Any

import pytest

from gpt.config import GPTConfig
from pages.ui.board.panels import here
from tests.support import ROOT
from tests.support.ladder import RUNGS

SIZE: dict[str, Any] = {"vocab_size": 11, "block_size": 8, "n_layer": 3, "n_head": 2, "n_embd": 8}


def names(config: GPTConfig) -> list[str]:
    """The parts' names in their order; a block's once."""
    return [name for name, _, _ in here.panel(config, "").stops]


def test_the_order_is_the_model_s() -> None:
    ends = ["text", "embedding"], ["logits", "next token"]
    attention, feed = ["attention", "+"], ["MLP", "+"]
    pre = ["norm", *attention, "norm", *feed, "norm"]
    assert names(GPTConfig(**SIZE)) == [*ends[0], *pre, *ends[1]]
    post = [*attention, "norm", *feed, "norm"]
    assert names(GPTConfig(**SIZE, norm="post")) == [*ends[0], *post, *ends[1]]
    assert names(GPTConfig(**SIZE, norm="none", feed_forward=False)) == [*ends[0], *attention, *ends[1]]
    assert names(RUNGS["bigram"]) == [*ends[0], *ends[1]]


@pytest.mark.parametrize("name", RUNGS)
def test_what_is_a_block_s_is_marked_and_every_way_leads_to_a_page(name: str) -> None:
    config = RUNGS[name]
    sent = here.panel(config, "attention")
    first, behind = sent.block
    inside = [name for name, _, _ in sent.stops[first:behind]]
    assert ("attention" in inside) == bool(config.n_layer) and inside.count("MLP") == (
        config.feed_forward and config.n_layer > 0
    )
    assert sent.times == config.n_layer
    assert all((ROOT / f"pages/explore/{path}.py").is_file() for _, _, path in sent.stops if path)
