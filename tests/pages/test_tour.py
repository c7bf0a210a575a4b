"""The end of the tour: everything is as it was when it began."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.state.inputs import Inputs
from tests.support.visitor import only_bundled, proto, tell, type_in, visit


@pytest.fixture(autouse=True)
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only the bundled models."""
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def chosen(app: AppTest) -> Inputs:
    """The visitor's choices, without what counts messages."""
    return replace(app.session_state["inputs"], rev=0, rev_view=0, ack=0, ack_view=0, answered=0)


def link(app: AppTest) -> str:
    """What stands in the address, as the browser tells it."""
    return "?" + urlencode(json.loads(proto(app, "link").json)["link"])


def toured(app: AppTest) -> AppTest:
    """After everything that the tour has one do."""
    type_in(app, "another text", n=1)
    tell(app, "selection", view={"layer": 0, "head": 0, "mode": "mean", "pin": 1, "n": 1})
    tell(app, "next", knobs={"temperature": 2.15, "top_k": 5, "top_p": 1, "greedy": False, "seed": 1})
    tell(app, "write", ask={"n": 1, "what": "token"})
    app.selectbox[0].select("mini").run()
    return tell(app, "scrub", step=3)


@pytest.mark.parametrize(
    "asked",
    [{}, {"prompt": "\nROMEO: &=%\n", "pin": "2", "t": "1.5", "k": "9", "written": "53.0312-7.9998"}, {"prompt": ""}],
)
def test_everything_is_put_back(asked: dict[str, str]) -> None:
    app = visit(**asked)
    before, back = chosen(app), link(app)
    app = toured(app)
    now = chosen(app)
    assert (now.model, now.step, now.knobs.temperature, now.mode) == ("mini", 3, 2.15, "mean")
    revs = app.session_state["inputs"].rev, app.session_state["inputs"].rev_view
    app = tell(app, "tour", left={"back": back, "n": 1.5})
    assert chosen(app) == before
    assert app.session_state["inputs"].rev > revs[0] and app.session_state["inputs"].rev_view > revs[1]
    assert app.selectbox[0].value == before.model
    assert link(app) == back
    type_in(app, "goes on", n=2)
    assert app.session_state["inputs"].text == "goes on"


def test_a_token_that_was_on_its_way_is_not_written() -> None:
    app = visit(prompt="before")
    app = tell(app, "tour", left={"back": link(app), "n": 1.5}, ask={"n": 7, "what": "token"})
    assert app.session_state["inputs"].answered == 7
    app = tell(app, "tour", ask={"n": 7, "what": "token"})
    assert app.session_state["inputs"].text == "before" and not app.session_state["inputs"].written


def test_the_projector_stays_as_the_bar_has_it() -> None:
    app = visit(prompt="a", present="1")
    assert tell(app, "tour", left={"back": "?prompt=a", "n": 1}).session_state["inputs"].projector


@pytest.mark.parametrize("odd", [None, 3, {}, {"back": 5}, {"back": ["?prompt=b"]}, "?prompt=b"])
def test_what_is_no_link_changes_nothing(odd: object) -> None:
    app = visit(prompt="a")
    before = app.session_state["inputs"]
    assert tell(app, "tour", left=odd).session_state["inputs"] == before


def test_a_link_from_anybody_is_read_as_one() -> None:
    app = visit(prompt="a")
    app = tell(app, "tour", left={"back": "?model=gone&step=x&t=999&prompt=%ff&k=" + "9" * 5_000, "n": 1})
    assert app.session_state["inputs"].model == "shakespeare"
    assert len(app.info) == 4  # of the model, the step, and both knobs
