"""Under a stack of edits worked sums stay right, and their lines of PyTorch give the number that is shown."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from typing import Any

import pytest

from gpt.analysis import stages
from pages.ui.board import feedforward, stream
from pages.ui.board.norms_seen import worked_sum
from pages.ui.board.norms_seen.view import view_of
from pages.ui.board.panels import normoff, places, switches, worked
from pages.ui.board.panels import stack as stack_bar
from pages.ui.board.parts import broken, neuron_sum, stream_worked
from pages.ui.derived import embeddings
from pages.ui.state import permalink, reading

STACK = "head.1.2.zero~weight.2.1.6.3.0.9~attn.3.zero~patch.k.2.3.all~off.positions~scale.mlp_out.2.all.1.5"
LINK = {"model": "mini", "prompt": "ROMEO: what", "edits": STACK, "other": "JULIET: oh", "token": "6"}


def printed(code: str) -> float:
    """What the lines print."""
    with redirect_stdout(io.StringIO()) as out:
        exec(code, {})  # noqa: S102 # the lines that the page shows
    return float(out.getvalue())


def seen_with(switched: bool = False, **more: str) -> reading.Reading:
    """A visitor's reading."""
    return reading.read(permalink.restore({**LINK, **more}), switches=switched)


@pytest.mark.parametrize(
    ("layer", "head", "cell", "edited"),
    [
        (2, 1, ("pattern", 5, 2), True),
        (2, 1, ("pattern", 4, 2), False),
        (2, 1, ("z", 5, 3), False),
        (2, 3, ("k", 2, 1), True),
        (2, 3, ("scaled", 5, 2), False),
        (1, 2, ("z", 5, 3), False),
    ],
)
def test_a_head_s_number_is_its_sum_or_says_that_it_is_edited(
    layer: int, head: int, cell: tuple[str, int, int], edited: bool
) -> None:
    for off in ("", "mask.uniform" if cell[0] == "z" and layer > 1 else ""):
        place = {"layer": str(layer), "head": str(head), "cell": ".".join(map(str, cell))}
        seen = seen_with(True, off=off, **place)
        assert seen.trace is not None and seen.cell == cell
        panel = worked.panel(seen)
        found = stages.stages(seen.model, seen.trace, layer - 1, head - 1)
        table: Any = getattr(found, cell[0])
        assert ("This number is edited" in panel.sum) == edited
        assert not (edited and panel.terms)
        assert panel.difference < 1e-4
        if not edited:
            assert printed(panel.code) == pytest.approx(float(table[cell[1], cell[2]]), abs=1e-5)


def test_numbers_of_the_stream_of_norms_and_of_neurons_come_out() -> None:
    for number in ("", "effect.3", "length.1", "number.2.7", "share.3.5"):
        seen, here = stream.read(permalink.restore(LINK | {"worked": number}))
        panel = stream_worked.panel(seen, here)
        assert "edited" not in panel.sum and panel.terms and panel.difference < 1e-4
        value = float(panel.sum.split("Shown ")[1].split(",")[0])
        assert printed(panel.code) == pytest.approx(value, rel=1e-4, abs=1e-5)
    seen = seen_with()
    norm = worked_sum.panel(seen, view_of(seen))
    assert norm.difference < 1e-4
    assert printed(norm.code) == pytest.approx(float(norm.sum.split("Shown ")[1].split(",")[0]), abs=1e-4)
    neuron = neuron_sum.panel(seen, feedforward.look(seen))
    assert neuron.difference < 1e-4
    assert printed(neuron.code) == pytest.approx(float(neuron.sum.split("Shown ")[1].split(",")[0]), abs=1e-4)


def test_what_a_page_switches_off_is_compared_with_the_edited_model() -> None:
    """And it says so; without a switch nothing differs."""
    seen = seen_with(True)
    assert seen.trace is not None and seen.edited
    assert dict(switches.panel(seen).facts)["next token, KL(before ‖ after)"] == "0.0000 bits"
    turned = switches.panel(seen_with(True, off="scale"))
    assert [title for title, _ in turned.tops] == ["Next token, with the edits", "With the switches"]
    assert turned.tops[0][1][0][1] == pytest.approx(float(seen.trace.logits[-1].softmax(-1).max()), abs=1e-4)
    seen = reading.read(permalink.restore(LINK | {"ln-off": "attn.1"}))
    off = normoff.panel(seen, view_of(seen))
    assert [what for what, _ in off.lengths] == ["with the edits", "without"]
    assert off.facts[0][0] == "likeliest next token"
    broke = broken.panel(seen_with(breaks="layer"), feedforward.look(seen_with(breaks="layer")))
    assert broke.tops[0][0] == "Next token, with the edits"
    assert places.scheme_of(seen_with(places="index")) == ""  # positions are off by an edit
    other = permalink.restore(LINK | {"places": "index", "edits": "head.1.2.zero"})
    told = reading.read(other)
    changed = embeddings.changed("mini", other.step, "index", told.ids, reading.stack_of(other))
    assert not changed[1].z[0, 1].any()


def test_the_bar_names_what_of_a_page_is_as_trained() -> None:
    bar = stack_bar.panel(permalink.restore(LINK), ["link", "gradient", "lens", "habits"])
    assert bar is not None
    assert bar.trained == "As trained, without them: the gradients, where a head does it most."
    bare = stream.read(permalink.restore(LINK | {"bare": "1"}))[1]
    assert bare is not None and bare.seen.flow is not None
    assert not bare.trace.z[0, 1].any()
