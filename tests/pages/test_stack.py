"""The stack of edits on the pages: in the link, in what every page reads, and told where some of it is left out."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
import torch

from gpt import sampling
from gpt.analysis.stacks import build, read_lines
from gpt.trace import trace
from pages.ui.board.panels import stack as stack_bar
from pages.ui.derived import writing
from pages.ui.state import growing, permalink, reading
from pages.ui.state.choices import ROWS
from tests.support import shipped
from tests.support.visitor import proto, tell, visit

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


def test_what_is_written_is_drawn_from_what_is_shown() -> None:
    """Token by token the very logits that the page shows then; what is scored and searched is the edited model's."""
    chosen = permalink.restore(LINK)
    written = growing.drawn(chosen, 3)
    assert [one.id for one in written] != [one.id for one in growing.drawn(permalink.restore(LINK | {"edits": ""}), 3)]
    for i, one in enumerate(written):
        seen = reading.read(replace(chosen, written=written[:i]))
        assert seen.trace is not None
        drawn = sampling.choose(seen.trace.logits[-1], chosen.knobs, sampling.generator(1337, i), explain=True)
        assert (drawn.id, round(drawn.probability, 4)) == (one.id, one.probability)
    stack, ids = reading.stack_of(chosen), growing.prompt_of(chosen)
    assert stack[0] == chosen.probe.active
    seen = reading.read(chosen)
    assert seen.trace is not None
    shares = seen.trace.logits[-1].double().softmax(0)
    best, first = writing.alternatives("mini", chosen.step, ids, (), stack)
    assert first == pytest.approx(shares[best.tolist()].numpy(), abs=1e-6)
    nats = writing.scores("mini", chosen.step, ids, (written[0].id,), stack).nats
    assert nats[0] == pytest.approx(-float(shares[written[0].id].log()), abs=1e-5)
    assert writing.beams("mini", chosen.step, ids, 1, 1, stack)[0].ids == (int(best[0]),)
    assert len(writing.continued("mini", chosen.step, ids, chosen.knobs, stack)[0].ids) == writing.LONG_EDITED
    assert writing.expected("mini", chosen.step, seen.ids, stack).bits[0] == pytest.approx(
        -float(seen.trace.logits[0].double().log_softmax(0)[seen.ids[1]]) / math.log(2), abs=1e-5
    )
    assert growing.key_of(chosen) != growing.key_of(permalink.restore(LINK | {"edits": ""}))


def test_the_bar_tells_what_is_edited_and_what_is_left_out() -> None:
    assert stack_bar.panel(permalink.restore({"model": "mini"})) is None
    bar = stack_bar.panel(permalink.restore(LINK | {"edits": STACK + "~mlp.9.zero"}))
    assert bar is not None and bar.active
    assert bar.title == "4 edits active, 1 switched off:"
    assert bar.said[:2] == ["Head 1.2 hands on nothing", "Token 5 “O” does not see token 4 “E”, everywhere"]
    assert (len(bar.said), bar.more) == (3, 1)
    assert bar.left == [("MLP 9 writes nothing", "There is no layer 9: this model has 4.")]
    off = permalink.restore(LINK | {"edits": bar.off})
    assert not off.probe.active and len(off.probe.edits) == 6
    assert reading.read(off).flow is None
    gone = stack_bar.panel(permalink.chosen(off, {"edits": ""}))
    assert gone is not None and (gone.cleared, gone.active) == (bar.off, False)


def test_every_page_that_shows_the_model_has_the_bar_and_one_with_its_own_has_none() -> None:
    link = LINK | {"edits": "head.1.2.zero~head.9.1.zero"}
    app = visit("pages/explore/tokens.py", **link)
    told = json.loads(proto(app, "stack").json)
    tell(app, "stack", choice={"edits": told["off"]})
    assert "-head.1.2.zero" in json.loads(proto(app, "link").json)["link"]["edits"]
    with pytest.raises(StopIteration):
        proto(visit("pages/learn/training_step.py", **link), "stack")
