"""Streamlit's own files reach a browser packed, and whoever cannot unpack them gets them as they are."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path
from typing import Any

import pytest
from streamlit import file_util
from streamlit.web.server.starlette import starlette_static_routes as routes

from pages.ui import shell

STATIC = Path(file_util.get_static_dir())
SCRIPT = min((STATIC / "static/js").glob("index.*.js"))


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Streamlit's handler, as a server of ours makes it."""
    monkeypatch.setattr(routes, "create_streamlit_static_handler", routes.create_streamlit_static_handler)
    shell.prepare()
    return routes.create_streamlit_static_handler(str(STATIC), "")


def ask(files: Any, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer."""
    told = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "root_path": "", "query_string": b"", "headers": told}
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()  # nothing more comes, and nobody hangs up
        return {}

    asyncio.run(files(scope, receive, send))
    head = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], head, b"".join(message.get("body", b"") for message in sent[1:])


def test_a_script_comes_packed_with_its_headers(files: Any) -> None:
    path = f"/static/js/{SCRIPT.name}"
    status, head, body = ask(files, path, accept_encoding="gzip, br")
    whole = ask(files, path)
    assert status == 200 and gzip.decompress(body) == whole[2] == SCRIPT.read_bytes()
    assert head["content-encoding"] == "gzip" and head["vary"] == "accept-encoding"
    assert int(head["content-length"]) == len(body) < len(whole[2]) / 2
    for name in ("content-type", "cache-control", "last-modified"):
        assert head[name] == whole[1][name]
    assert "immutable" in head["cache-control"] and "content-encoding" not in whole[1]


def test_what_is_not_a_whole_script_is_as_streamlit_sends_it(files: Any) -> None:
    path = f"/static/js/{SCRIPT.name}"
    part = ask(files, path, accept_encoding="gzip", range="bytes=0-9")
    assert part[0] == 206 and part[2] == SCRIPT.read_bytes()[:10]
    assert ask(files, path, "HEAD", accept_encoding="gzip")[2] == b""
    page = ask(files, "/lessons", accept_encoding="gzip")
    assert page[0] == 200 and page[2] == (STATIC / "index.html").read_bytes() and page[1]["cache-control"] == "no-cache"
    font = next((STATIC / "static/media").glob("*.woff2"))
    assert ask(files, f"/static/media/{font.name}", accept_encoding="gzip")[2] == font.read_bytes()
    assert ask(files, "/static/../../x.js", accept_encoding="gzip")[0] == 400


def test_what_was_packed_once_comes_without_the_disk(files: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/static/js/{SCRIPT.name}"
    first = ask(files, path, accept_encoding="gzip")
    monkeypatch.setattr(files, "lookup_path", None)  # any look at the disk would raise
    assert ask(files, path, accept_encoding="gzip") == first
    with pytest.raises(TypeError):
        ask(files, path)
    with pytest.raises(TypeError):
        ask(files, path, accept_encoding="gzip", if_modified_since=first[1]["last-modified"])
