"""The stack of edits on the pages: in the link, in what every page reads, and told where some of it is left out."""

from __future__ import annotations

import pytest
import torch

from gpt.analysis.stacks import build, read_lines
from gpt.trace import trace
from pages.ui.state import permalink, reading
from pages.ui.state.choices import ROWS
from tests.support import shipped

STACK = "head.1.2.zero~-mlp.2.mean~cut.all.all.5.4~add.resid_post.1.all.4.0.token.17~patch.v.2.1.all"
LINK = {"model": "mini", "prompt": "ROMEO: what", "edits": STACK, "other": "JULIET: oh"}


def test_the_link_carries_the_stack_and_every_page_reads_with_it() -> None:
    chosen = permalink.restore(LINK)
    assert not chosen.notices
    assert LINK.items() <= permalink.link(chosen).items()
    seen = reading.read(chosen)
    model, ids = shipped.loaded("mini").model, shipped.ids_of("ROMEO: what", "mini")
    changed, edits = build(model, ids, read_lines(STACK), shipped.ids_of("JULIET: oh", "mini"))
    assert seen.trace is not None and seen.trained is not None and seen.flow is not None
    assert torch.equal(seen.trace.logits, trace(changed, ids, edits).logits)
    assert torch.equal(seen.trained.logits, trace(model, ids).logits)
    assert len(seen.flow.lines) == 4 and not seen.flow.left


@pytest.mark.parametrize("words", ["", "-head.1.2.zero~-off.positions"])
def test_without_a_line_that_is_on_nothing_is_read_twice(words: str) -> None:
    seen = reading.read(permalink.restore(LINK | {"edits": words}))
    assert seen.flow is None
    assert seen.trace is seen.trained
    assert seen.model is seen.checkpoint.model


def test_a_strangers_stack_is_read_as_far_as_it_can_be() -> None:
    chosen = permalink.restore(LINK | {"edits": "nonsense~head.1.2.zero~head.9.1.zero"})
    assert chosen.notices == ("Left out of the link's edits: 1 that cannot be read.",)
    seen = reading.read(chosen)
    assert seen.flow is not None
    assert [why for _, why in seen.flow.left] == ["There is no layer 9: this model has 4."]
    assert len(permalink.restore(LINK | {"edits": "\x00~." * 500}).notices) == 1
    assert len({row.name for row in permalink.TABLE}) == len(permalink.TABLE)


def test_what_is_taken_away_can_be_brought_back() -> None:
    """A browser tells the stack in the words of the link; nonsense leaves it as it was."""
    chosen = permalink.restore(LINK)
    assert permalink.chosen(chosen, {"edits": "nonsense"}) == chosen
    cleared = permalink.chosen(chosen, {"edits": ""})
    assert (cleared.probe.edits, cleared.probe.cleared) == ((), chosen.probe.edits)
    assert "edits" not in permalink.link(cleared)
    again = permalink.chosen(cleared, {"edits": STACK})
    assert (again.probe.edits, again.probe.cleared) == (chosen.probe.edits, ())
    assert permalink.chosen(cleared, {"edits": ""}).probe.cleared == ()
    assert {row.name: row.most for row in ROWS if row.most > 400} == {"edits": 1_000, "other": 2_000}
