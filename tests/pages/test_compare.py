"""The page of comparisons: what is shown is the engine's, B is what a link or a click says, A and B change places."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from gpt.analysis.comparison import Side, compare
from pages.ui.board import compared
from pages.ui.board.panels import contrast
from pages.ui.board.panels import sides as sides_panel
from pages.ui.board.parts import compare_panels
from pages.ui.state import permalink, sides
from pages.ui.state.inputs import Inputs
from tests.support import shipped
from tests.support.visitor import clean, only_bundled, proto, tell, visit

PAGE = "pages/probe/compare.py"
TEXT = "ROMEO: art"


@pytest.fixture(autouse=True)
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No runs of this machine."""
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def told(app: AppTest) -> dict[str, Any]:
    """What the panel of both sides was sent."""
    return json.loads(proto(app, "sides").json)


def side(text: str, name: str, step: int) -> Side:
    """A pass of a bundled model at a step, not by the app."""
    loaded = shipped.loaded(name, step)
    ids = tuple(shipped.ids_of(text, name))
    return Side(loaded.model, shipped.inside(text, name, step), ids, loaded.tokenizer.tokens)


def here(**link: str) -> compared.Compared:
    """What a link's choices let the page compare."""
    return compared.read(permalink.restore(link))


def test_two_steps_are_shown_as_the_engine_compares_them() -> None:
    found = here(model="mini", prompt=TEXT, step2="0")
    true = compare(side(TEXT, "mini", 2000), side(TEXT, "mini", 0))
    shown = contrast.panel(found)
    assert (shown.L, shown.H, shown.T) == (4, 4, len(TEXT))
    flat = true.heads.b[..., *np.tril_indices(len(TEXT))].numpy()
    assert np.abs(shown.b / 65_535 - flat).max() < 3e-5
    assert shown.js == pytest.approx(true.heads.js.flatten().tolist(), abs=1e-4)
    assert [shown.js[i] for i in shown.order] == sorted(shown.js, reverse=True)  # type: ignore[type-var]
    following, losses, streams = (panel for panel, _ in compare_panels.panels(found))
    assert true.next is not None and true.stream is not None
    assert f"KL(A‖B) {true.next.kl_ab:.3f}, KL(B‖A) {true.next.kl_ba:.3f}" in following.note  # type: ignore[attr-defined]
    assert following.series[1]["y"][0] == pytest.approx(  # type: ignore[attr-defined]
        float(true.next.b[true.next.likeliest(1)[0]])
    )
    assert losses.series[0]["y"][1:] == pytest.approx(true.loss_a.tolist(), abs=1e-5)  # type: ignore[attr-defined]
    assert streams.values.reshape(5, -1)[::-1] == pytest.approx(  # type: ignore[attr-defined]
        true.stream.relative.numpy(), abs=1e-5
    )
    layer, head = true.heads.order()[0]
    said = sides_panel.found(found)
    assert said.startswith(f"They differ most in head {layer + 1}.{head + 1} ({float(true.heads.js[layer, head]):.3g}")


def test_what_is_one_pass_differs_nowhere_and_what_is_pinned_is_compared() -> None:
    same = here(prompt=TEXT, prompt2="a")
    assert same.alike and "every difference is 0" in sides_panel.found(same)
    assert set(contrast.panel(same).js) == {0.0}
    pinned = here(prompt=TEXT, other="ROMEO: aat", **{"token": "3"})
    assert pinned.found is not None and pinned.found.at == (2, 2) and len(pinned.found.pairs) == len(TEXT) - 1


def test_b_is_what_the_link_says_and_else_one_character_away() -> None:
    a, b = sides.sides(permalink.restore({"model": "mini", "prompt": "abc"}))
    assert (b.model, b.step, b.text) == ("mini", 2000, "acc") and a.text == "abc"
    assert sides.one_changed(permalink.restore({"prompt": "a: b", "token": "1"})) == "b: b"
    assert sides.one_changed(permalink.restore({"prompt": "?"})) != "?"
    assert [sides.half(n) for n in (1, 2, 3, 4, 7, 8, 43)] == [0, 1, 1, 2, 2, 4, 16]
    _, b = sides.sides(permalink.restore({"model": "mini", "prompt": "abc", "model2": "copy", "step2": "400"}))
    assert (b.model, b.step, b.text) == ("copy", 405, "abc")
    wrong = permalink.restore({"model2": "gone", "step2": "x", "off2": "7", "prompt2": "z"})
    assert len(wrong.notices) == 4 and not wrong.compare.chosen
    near = permalink.restore({"model": "mini", "step2": "70"})
    assert near.compare.step in (60, 80) and "nearest" in near.notices[0]
    assert permalink.restore(permalink.link(near)).compare == near.compare


def test_a_and_b_change_places_once_a_click() -> None:
    app = visit(PAGE, model="mini", prompt=TEXT, model2="copy", step2="405", other="abc|a")
    before = told(app)
    app = tell(app, "sides", swap={"n": 1})
    after = told(app)
    assert (after["model"], after["step"], after["text"]) == ("mini", 2000, TEXT) and "step 405" in after["a"]
    link = json.loads(proto(app, "link").json)["link"]
    assert (link["model"], link["step"], link["prompt"], link["model2"]) == ("copy", "405", "abc|a", "mini")
    assert told(visit(PAGE, **link))["found"] == after["found"]
    assert told(tell(app, "sides", swap={"n": 1}))["model"] == "mini", "the same click is not heard twice"
    app = tell(app, "sides", swap={"n": 2})
    assert {**told(app), "swaps": 0} == before
    back = sides.swapped(sides.swapped(restored := permalink.restore({"prompt": "abc", "model": "mini"}), 1), 2)
    assert sides.sides(back)[1].text == sides.sides(restored)[1].text and back.text == "abc"


def test_with_and_without_edits() -> None:
    """What tells B apart, as long as nothing else does, is that it is without them; a swap takes them from A."""
    link = {"model": "mini", "prompt": TEXT, "edits": "head.1.2.zero"}
    found = here(**link)
    assert found.found is not None and found.b.trace is found.a.trained and found.a.trace is not found.a.trained
    assert found.found.heads.js[0].max() == 0.0 < found.found.heads.js[1].max()
    assert "with the edits" in sides_panel.side_said(found.a.inputs, True)
    app = visit(PAGE, **link)
    assert [name for name, _ in told(app)["quick"]][1] == "without the edits" and told(app)["edits"] is False
    app = tell(app, "sides", swap={"n": 1})
    assert told(app)["edits"] is True and "without the edits" in told(app)["a"]
    after = json.loads(proto(app, "link").json)["link"]
    assert (after["off2"], after["edits"]) == ("a", "head.1.2.zero")
    other = here(model="shakespeare", prompt=TEXT, edits="head.6.6.zero", model2="mini")
    assert "B is without 1 of the edits: there is no layer 6" in sides_panel.note(other)


def test_what_b_cannot_read_is_told() -> None:
    apart = here(model="mini", prompt="ab", model2="shakespeare")
    assert [panel.name for panel, _ in compare_panels.panels(apart)] == ["chart:nextpair", "chart:losses"]
    assert "streams of 64 and 192 numbers have no distance" in sides_panel.note(apart)
    note = sides_panel.note(here(prompt="abc, O!", model2="copy"))
    assert "B has no token for “,”, “·”, “O”, “!”." in note and "share 9 words" in note
    long = here(model="shakespeare", prompt="a" * 127)
    assert long.found is not None and len(long.found.heads.pairs) == len(long.found.pairs) == 126


def test_the_tables_hold_every_head_and_the_next_tokens() -> None:
    app = visit(PAGE, model="mini", prompt=TEXT, step2="0")
    app.session_state["The numbers behind the pictures"] = True
    heads, following, streams = (frame.value for frame in clean(app.run()).dataframe)
    true = compare(side(TEXT, "mini", 2000), side(TEXT, "mini", 0))
    assert len(heads) == 16 and heads["Jensen-Shannon"].tolist()[0] == pytest.approx(float(true.heads.js.max()))
    assert len(following) == 65 and sum(following["B"].tolist()) == pytest.approx(1.0)
    assert streams.shape == (10, len(TEXT))


def test_quick_choices_are_words_of_the_link() -> None:
    app = visit(PAGE, model="mini", prompt=TEXT)
    ways = dict(told(app)["quick"])
    assert list(ways) == ["the same prompt at step 0", "one character changed"]
    app = tell(app, "sides", choice={**ways["the same prompt at step 0"], "told": 1})
    assert (told(app)["step"], told(app)["text"], told(app)["own"]) == (0, TEXT, False)
    app = tell(app, "sides", choice={**ways["one character changed"], "told": 2})
    assert (told(app)["step"], told(app)["own"]) == (2000, True)


@pytest.mark.parametrize(
    "link",
    [
        {"prompt": ""},
        {"prompt": "J"},
        {"model": "lesson-2", "model2": "mini"},
        {"model": "lesson-5", "model2": "lesson-13"},
        {"model2": "shakespeare-bpe"},
        {"model": "sort", "model2": "copy", "prompt": "fed>d"},
        {"prompt": "Thou art, " * 40},
    ],
)
def test_every_kind_of_pair(link: dict[str, str]) -> None:
    app = visit(PAGE, **link)
    sent = app.get("bidi_component")
    assert told(app)["found"] and sum(len(one.proto.bytes) for one in sent) < 1_500_000


def test_a_model_that_is_gone_gives_way_to_a() -> None:
    inputs = permalink.restore({"model": "mini", "prompt": "ab", "model2": "copy", "step2": "55"})
    lost = Inputs(**{**vars(inputs), "compare": type(inputs.compare)("vanished", 55)})
    assert sides.sides(lost)[1].model == "mini" and sides.sides(lost)[1].step == 2000
