"""Windows of the browser, used again: what a window has compiled it keeps, what a visitor left behind it forgets.

To open a page in a quite new one costs twice the processor time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

ANSWERS = "/_stcore/health"  # of every server: a page of its that holds nothing
VISITORS = 40  # of one window, before it is closed for good: pages leave crumbs in its process
MEMORY = "local_storage,indexeddb,cache_storage,service_workers,websql,file_systems"


@dataclass
class Window:
    """A window with a page that stays open, so that its process lives on from visitor to visitor."""

    context: BrowserContext
    stays: Page
    origin: str
    visitors: int = 0


class Windows:
    """All windows of a browser; two visitors at the same time never share one."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.free: list[Window] = []
        self.taken: dict[Page, Window] = {}

    def open(
        self, origin: str, viewport: Any = None, color_scheme: Any = "light", reduced_motion: Any = "reduce"
    ) -> Page:
        """A page for a new visitor of a server."""
        window = next((one for one in self.free if one.origin == origin), None)
        if window is None:
            context = self.browser.new_context()
            window = Window(context, context.new_page(), origin)
            window.stays.goto(origin + ANSWERS)
        else:
            self.free.remove(window)
        page = window.context.new_page()
        page.set_viewport_size(viewport or {"width": 1280, "height": 900})
        page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)
        self.taken[page] = window
        return page

    def close(self, page: Page) -> None:
        """The visitor goes; nothing is left of them."""
        window = self.taken.pop(page)
        for one in window.context.pages:
            if one != window.stays:
                one.close()
        window.visitors += 1
        if window.visitors >= VISITORS:
            window.context.close()
            return
        window.context.clear_cookies()
        window.context.clear_permissions()
        tools = window.context.new_cdp_session(window.stays)
        tools.send("Storage.clearDataForOrigin", {"origin": window.origin, "storageTypes": MEMORY})
        tools.detach()
        self.free.append(window)
