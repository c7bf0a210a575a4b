"""What a server does that nobody asks for anything: next to nothing, and it still ends when it is told to."""

from __future__ import annotations

import asyncio
from unittest.mock import MagicMock

import pytest
import uvicorn
from streamlit.web import bootstrap

from pages.ui import server

PARTS = [(bootstrap, "_install_config_watchers"), (uvicorn.Server, "main_loop")]


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """Which files Streamlit has watched, on a server that is prepared as ours is."""
    watch = MagicMock()
    monkeypatch.setattr(bootstrap, "watch_file", watch)
    bootstrap._install_config_watchers({})
    assert watch.called  # else there is nothing to replace any more
    watch.reset_mock()
    for owner, name in PARTS:
        monkeypatch.setattr(owner, name, getattr(owner, name))  # put back at the end
    server.rest()
    return watch


def test_no_file_is_looked_at_again_and_again(watched: MagicMock) -> None:
    bootstrap._install_config_watchers({})
    assert not watched.called


def test_it_looks_twice_a_second_whether_to_end(watched: MagicMock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The date of its answers is as fresh as before: every second of the clock that it is told has its own."""
    app, slept = uvicorn.Server(uvicorn.Config(MagicMock())), list[float]()
    dates: list[tuple[float, bytes]] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        dates.append((sum(slept), dict(app.server_state.default_headers)[b"date"]))
        app.server_state.default_headers = [(b"date", b"old")]
        app.should_exit = len(slept) == 6

    monkeypatch.setattr(asyncio, "sleep", sleep)
    asyncio.run(app.main_loop())
    assert slept == [0.5] * 6
    assert [at for at, date in dates if date != b"old"] == [0.5, 1.5, 2.5]


def test_the_server_starts_on_a_release_without_them(watched: MagicMock, monkeypatch: pytest.MonkeyPatch) -> None:
    for owner, name in PARTS:
        monkeypatch.delattr(owner, name)
    server.rest()
    assert not any(hasattr(owner, name) for owner, name in PARTS)
