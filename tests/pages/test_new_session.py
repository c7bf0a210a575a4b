"""What Streamlit tells the browser when something runs: less at a key than at a visit."""

from __future__ import annotations

import asyncio
from typing import Any
from unittest.mock import MagicMock

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.script_data import ScriptData
from streamlit.runtime.scriptrunner_utils.run_descriptor import RunDescriptor

from pages.ui import server

PAGES: Any = {name: {"page_script_hash": name, "page_name": name, "icon": "", "script_path": ""} for name in "ab"}
PARTS = [
    (AppSession, "_create_new_session_message"),
    (AppSession, "_populate_app_pages"),
    (app_session, "_populate_theme_msg"),
]


def begun(*fragments: str) -> ForwardMsg:
    """What a session says when the page begins to run, or the named parts of it."""

    async def say() -> ForwardMsg:
        session = AppSession(ScriptData("app.py", False), MagicMock(), MagicMock(), None, {}, "one")
        return session._create_new_session_message("a", RunDescriptor("run", fragments), PAGES)

    return asyncio.run(say())


@pytest.fixture
def as_streamlit_says(monkeypatch: pytest.MonkeyPatch) -> list[ForwardMsg]:
    """A page's run and a part's before anything is left out; then the server is prepared, as ours is."""
    said = [begun(), begun("part")]
    for owner, name in PARTS:
        monkeypatch.setattr(owner, name, getattr(owner, name))  # put back at the end
    server.say_less_at_a_key()
    return said


def test_a_key_s_run_brings_neither_theme_nor_pages(as_streamlit_says: list[ForwardMsg]) -> None:
    page, part = as_streamlit_says
    assert page.new_session.custom_theme.dark.background_color and len(page.new_session.app_pages) == 2
    whole = part.ByteSize()
    part.new_session.ClearField("custom_theme")
    part.new_session.ClearField("app_pages")
    assert part.ByteSize() < whole - 900
    for _ in range(2):  # whatever ran before
        assert begun() == page and begun("part") == part


def test_the_server_starts_on_a_release_without_these_parts(
    as_streamlit_says: list[ForwardMsg], monkeypatch: pytest.MonkeyPatch
) -> None:
    for owner, name in PARTS:
        monkeypatch.delattr(owner, name)
    server.say_less_at_a_key()
    assert not any(hasattr(owner, name) for owner, name in PARTS)
