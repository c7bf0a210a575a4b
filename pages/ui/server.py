"""What Streamlit's server would do by itself and must not: settings that it has no option for."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable
from functools import wraps
from typing import Any

from streamlit import net_util
from streamlit.logger import get_logger
from streamlit.runtime import app_session
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.state.session_state import Serialized, Value, WStates
from streamlit.web.server.starlette import starlette_server

from gpt.train.allocator import keep_freed_memory
from pages.ui import shell

LONGEST, DEEPEST = 100_000, 20  # characters of a component's message, and brackets within brackets
PAUSE = 5  # tenths of a second between two looks at whether to end; at each second one, which renews the date
BROKEN = (ValueError, TypeError, OverflowError, RecursionError, AttributeError, IndexError)


def prepare() -> None:
    """See to it before the server starts; once a process."""
    # Our pages are the table in app.py. Streamlit would first look for files in pages/, and tell whoever opens a link
    # to the studio on a fresh server that there is no such page.
    PagesManager.uses_pages_directory = False
    # What is warmed belongs to no visit, and Streamlit would say so with every cache it fills.
    get_logger("streamlit.runtime.scriptrunner_utils.script_run_context").addFilter(lambda record: False)
    # It asks a service on the internet for this machine's address there: at the start, when all addresses are listened
    # on, and whenever a page of another site knocks. It is told one, so it never asks.
    net_util._external_ip = "127.0.0.1"
    keep_freed_memory(one_heap=True)
    send_at_once()
    shell.prepare()
    say_less_at_a_key()
    rest()


def rest() -> None:
    """What wakes the server though nobody asks for anything: the settings' files, and a look at the clock.

    Streamlit reads the dates of config.toml, here and in the home, five times a second each, whatever fileWatcherType
    says: settings are read at the start, as the code is. Uvicorn asks itself ten times a second whether to end: twice
    is soon enough.
    """
    import uvicorn  # both come with the server, which a test of a page does without
    from streamlit.web import bootstrap

    replace(bootstrap, "_install_config_watchers", lambda watch: lambda options: None)
    if hasattr(uvicorn.Server, "on_tick"):
        replace(uvicorn.Server, "main_loop", lambda loop: tick_slowly)


async def tick_slowly(self: Any) -> None:
    """Uvicorn's own loop, which counts tenths of a second, with a longer pause."""
    tenths = 0
    while not await self.on_tick(tenths):
        tenths += PAUSE
        await asyncio.sleep(PAUSE / 10)


def say_less_at_a_key() -> None:
    """Leave out of a part's run, as at every key, what the browser reads at a whole page's alone; once a process.

    Streamlit tells the theme, read from its settings anew, and the list of all pages whenever anything runs: 3 kB, and
    half a millisecond of the one thread that serves everyone. The browser passes both by unless the whole page runs.
    """
    whole = True  # what runs; a message is made at a time, on that thread

    def begun(tell: Callable[..., Any]) -> Callable[..., Any]:
        def told(*given: Any) -> Any:
            nonlocal whole
            whole = not any(getattr(one, "fragment_ids", ()) for one in given)
            return tell(*given)

        return told

    def if_whole(tell: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given: tell(*given) if whole else None

    replace(app_session.AppSession, "_create_new_session_message", begun)
    replace(app_session.AppSession, "_populate_app_pages", if_whole)
    replace(app_session, "_populate_theme_msg", if_whole)


def replace(owner: Any, name: str, other: Callable[[Any], Any]) -> None:
    """Put something else in the place of a part of Streamlit; where a release lacks that part nothing is done."""
    if hasattr(owner, name):
        setattr(owner, name, other(getattr(owner, name)))


def send_at_once() -> None:
    """Small messages leave as they are written; once a process.

    Streamlit opens its socket without a word of the protocol, so asyncio does not switch Nagle's algorithm off there:
    each small file and message would wait until the browser has acknowledged the one before, up to 40 ms a time.
    What is said to the listening socket holds for every connection that it accepts.
    """
    bind = starlette_server._bind_socket

    @wraps(bind)
    def bound(*place: Any) -> socket.socket:
        listening = bind(*place)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening

    starlette_server._bind_socket = bound


def ignore_broken_messages() -> None:
    """What a browser sends and a widget cannot read counts as not sent; once a process.

    Streamlit ends that visitor's visit with an exception, and the next one too: the message is read again and again.
    """
    if getattr(WStates.__getitem__, "forgiving", False):
        return
    read = WStates.__getitem__

    def forgiving(self: WStates, key: str) -> Any:
        state, metadata = self.states.get(key), self.widget_metadata.get(key)
        if metadata is None or not isinstance(state, Serialized):
            return read(self, key)
        if state.value.WhichOneof("value") in (None, metadata.value_type) and is_sane(state.value.json_value):
            try:
                return read(self, key)
            except BROKEN:
                pass
        self.states[key] = Value(metadata.deserializer(None))
        return read(self, key)

    forgiving.forgiving = True  # type: ignore[attr-defined]
    WStates.__getitem__ = forgiving  # type: ignore[method-assign]


def is_sane(message: str) -> bool:
    """Whether a component's message is neither too long nor nested too deep to be worth reading."""
    depth = deepest = 0
    for bracket in re.findall(r"[\[{\]}]", re.sub(r'"(?:[^"\\]|\\.)*"', "", message[: LONGEST + 1])):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return len(message) <= LONGEST and deepest <= DEEPEST
