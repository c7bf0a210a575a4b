"""A link is exactly what one sees: two hundred random states, each opened by a new visitor, every byte compared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.states import random_inputs
from tests.support.visitor import APP, clean, only_bundled, unpack, unpack_board

PLAYGROUND, ATTENTION, TIMELINE = "pages/explore/playground.py", "pages/explore/attention.py", "pages/train/timeline.py"
STATES = {PLAYGROUND: 90, ATTENTION: 90, TIMELINE: 20}
BATCHES = 10  # of each page, so that a failure is soon found again
COUNTED = ("rev", "n", "ack")  # how often this visitor has changed something: nothing that one sees


@pytest.fixture(scope="module", autouse=True)
def without_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only the bundled models, and no background work that outlives the test."""
    with only_bundled(tmp_path_factory.mktemp("runs")), pytest.MonkeyPatch.context() as patch:
        patch.setattr("pages.ui.prefetch.samples", lambda *_: None)
        yield


def opened(page: str, link: dict[str, str] | None = None, timeline_opened: bool = False) -> AppTest:
    """A page, by a link; or for somebody who has seen the timeline, which first begins with a model of its own."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params.update(link or {})
    if timeline_opened:
        app.session_state["timeline-opened"] = True
    return clean(app.switch_page(page).run())


def shown(app: AppTest) -> dict[str, Any]:
    """Everything that the page's components are sent, arrays as bytes, without the counters."""
    found: dict[str, Any] = {}
    for element in app.get("bidi_component"):
        name = element.proto.component_name.removeprefix("nanoscope_")
        if name == "board":
            for panel, (kind, part) in unpack_board(element.proto.bytes).items():
                found[panel] = json.loads(part) if kind == "json" else unpack(part)
        elif name in ("scrub", "timeline"):
            found[name] = json.loads(element.proto.json)
    for values in found.values():
        for counted in COUNTED:
            values.pop(counted, None)
        values |= {name: value.tobytes() for name, value in values.items() if hasattr(value, "tobytes")}
    return found


@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.parametrize("page", STATES)
def test_a_new_visitor_sees_the_same(page: str, batch: int) -> None:
    left = opened(page, timeline_opened=True)
    for i in range(STATES[page] // BATCHES):
        seed = batch * 1_000 + i
        inputs = random_inputs(Random(f"{page} {seed}"))
        left.session_state["inputs"] = inputs
        before = shown(clean(left.run()))
        link = before["link"]["link"]
        app = opened(page, link)
        assert not app.info, (seed, link, app.info)
        after = shown(app)
        assert before.keys() == after.keys()
        for panel, values in before.items():
            different = [name for name, value in values.items() if after[panel].get(name) != value]
            assert not different and values.keys() == after[panel].keys(), (seed, panel, different, link)
