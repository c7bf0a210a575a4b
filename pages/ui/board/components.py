"""Panels in the page: several as one board, or one alone; and what the browser tells of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence

from pages.ui.board import payload
from pages.ui.board.browser_code import mount
from pages.ui.board.frames import Frames
from pages.ui.board.panel import Panel


def board(
    panels: Sequence[tuple[Panel, int]],
    frames: Frames | None = None,
    held: Collection[object] = (),
    **heard: Callable[[], None],
) -> None:
    """Several panels at once, each with how many of 60 columns it takes; `heard` are callbacks, `on_<state>_change`.

    With `frames`, those that were sent before, it is told as the difference from one that the browser `held`.
    """
    data = frames.pack(panels, held) if frames else payload.pack_board(panels)
    mount("board")(key="board", data=data, **heard)


def alone(panel: Panel, key: str = "", height: str = "content", **heard: Callable[[], None]) -> None:
    """One panel, under its own name or another key."""
    packed = payload.pack(panel)
    data = packed if panel.has_arrays() else json.loads(packed)
    mount(panel.name)(key=key or panel.name, data=data, height=height, **heard)
