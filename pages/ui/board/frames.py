"""What each browser was sent last, so that a key costs only what is new.

A frame is all panels of a page at one moment. With whatever a browser tells, it names the newest frame that it holds;
what it is sent then is told as the difference from that one. Frames that were overtaken on their way do no harm: only
what the browser itself names is built upon. Source: delta encoding as of RFC 3229 (there: "instance manipulation").
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Collection, Sequence

from pages.ui.board import payload
from pages.ui.board.panel import Panel

KEPT = 3  # frames that either side remembers; shared/frames.js keeps as many


class Frames:
    """The latest frames that one visitor was sent, oldest first."""

    def __init__(self) -> None:
        self.visitor = secrets.token_hex(4)  # a page that outlives a restart of the server names frames of another
        self.count = 0
        self.sent: deque[tuple[str, dict[str, Panel]]] = deque(maxlen=KEPT)

    def pack(self, panels: Sequence[tuple[Panel, int]], held: Collection[object]) -> bytes:
        """The next frame, as the difference from the newest of those that the browser says it holds; else whole."""
        base, known = next(((name, known) for name, known in reversed(self.sent) if name in held), ("", {}))
        self.count += 1
        name = f"{self.visitor}-{self.count}"
        blob = payload.pack_board(panels, name, base, known)
        self.sent.append((name, {panel.name: panel for panel, _ in panels}))
        return blob

    def forget(self) -> None:
        """The browser lacks what it should hold: the next frame is a whole one."""
        self.sent.clear()
