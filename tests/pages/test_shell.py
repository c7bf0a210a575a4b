"""The files of a page reach a browser packed, and whoever cannot unpack them gets them as they are."""

from __future__ import annotations

import asyncio
import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from streamlit import file_util
from streamlit.web.server.starlette import starlette_static_routes as routes

from pages.ui import shell
from pages.ui.front import front

STATIC = Path(file_util.get_static_dir())
SCRIPT = min((STATIC / "static/js").glob("index.*.js"))
TEXT = "export const word = 'ä';\n"
OURS = "static/js/ours.0123.js"


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Streamlit's handler, as a server of ours makes it."""
    monkeypatch.setattr(routes, "create_streamlit_static_handler", routes.create_streamlit_static_handler)
    monkeypatch.setattr(shell, "OURS", {})
    shell.hand_out(OURS, TEXT)
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


def test_a_script_of_ours_is_kept_for_ever(files: Any) -> None:
    status, head, body = ask(files, f"/{OURS}", accept_encoding="gzip")
    plain = ask(files, f"/{OURS}")
    assert status == plain[0] == 200 and gzip.decompress(body) == plain[2] == TEXT.encode()
    assert "immutable" in head["cache-control"] and head["content-type"].startswith("text/javascript")
    assert head["content-encoding"] == "gzip" and head["vary"] == plain[1]["vary"] == "accept-encoding"
    assert "content-encoding" not in plain[1]
    other = ask(files, f"/{OURS.replace('0123', '4567')}")  # of another version: no script, so the page says so
    assert other[1]["content-type"].startswith("text/html")


def test_each_page_is_ours_whatever_a_browser_holds_of_streamlit_s(files: Any) -> None:
    written = front((STATIC / "index.html").read_text("utf-8"), STATIC / "static/js", [OURS]).encode()
    for path in ("/", "/lessons", "/index.html"):
        status, head, body = ask(files, path, if_none_match='"any"', if_modified_since="Thu, 31 Dec 2099 00:00:00 GMT")
        assert status == 200 and body == written and head["cache-control"] == "no-cache" and "etag" not in head
        assert gzip.decompress(ask(files, path, accept_encoding="gzip")[2]) == written


def test_a_page_asks_for_what_it_will_need_and_for_nothing_that_is_not_there() -> None:
    plain = (STATIC / "index.html").read_text("utf-8")
    page = front(plain, STATIC / "static/js", [OURS])
    head = page[: page.index("</head>")]
    assert head.index("BACKEND_BASE_URL") < head.index('type="module"') < head.index(OURS)
    asked = re.findall(r'href="\./(static/js/[^"]+)"', page)
    assert len(asked) == len(set(asked)) and all((STATIC / path).is_file() for path in asked)
    assert any("/BidiComponent." in path for path in asked) and "BidiComponent" not in plain
    assert front("<p>Another page</p>", STATIC / "static/js", [OURS]) == "<p>Another page</p>"


def test_streamlit_reads_what_it_is_told() -> None:
    """The names stand in its script: a version that calls them otherwise would find its server by itself, later."""
    script = SCRIPT.read_text("utf-8")
    assert all(name in script for name in ("window.__streamlit", "BACKEND_BASE_URL", "HOST_CONFIG", "enableBypass"))
