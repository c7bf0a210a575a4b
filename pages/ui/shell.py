"""The files of a page, on their way to a browser: packed once, and then from memory.

Streamlit sends every new visitor 4 MB of script unpacked, read from the disk each time; packed it is 1.3 MB, and a
class that opens a page together waits for less of this server. What was packed once is sent without a look at the disk.
The code of our panels goes the same way: it is fetched beside Streamlit's scripts, and kept by the browser.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path
from typing import Any

from starlette.responses import FileResponse, Response
from streamlit.web.server.starlette import starlette_static_routes as routes

from pages.ui.front import front

PACKED = (".js", ".css")
INDEX = "index.html"
KEPT = ("cache-control", "content-type", "last-modified")  # of a file's headers
FOR_EVER = {"cache-control": "public, immutable, max-age=31536000"}  # another text has another name
OURS: dict[str, bytes] = {}  # what this server hands out besides, by its path


def hand_out(path: str, text: str) -> None:
    """A script of ours, under a path that holds the hash of its text; every page asks for it from then on."""
    OURS[path] = text.encode()


def hands_out(path: str) -> bool:
    """Whether a browser gets a file of ours here: not if Streamlit was started without `prepare`."""
    return path in OURS


def prepare() -> None:
    """See to it before the server starts; once a process."""
    make = routes.create_streamlit_static_handler

    def handler(directory: str, base_url: str | None) -> Any:
        files = make(directory, base_url)
        plain = files.get_response
        known: dict[str, Response] = {}  # packed answers by their path: such a file never changes

        async def get_response(path: str, scope: Any) -> Response:
            """As it was found, which keeps every check of the path; only a whole file is packed."""
            asked = dict(scope["headers"])
            gets = scope["method"] in ("GET", "HEAD")
            unpacks = b"gzip" in asked.get(b"accept-encoding", b"")
            if gets and hands_out(own := path.replace("\\", "/")):
                return text(OURS[own], "text/javascript", unpacks, FOR_EVER)
            whole = scope["method"] == "GET" and b"range" not in asked and unpacks
            fresh = whole and b"if-none-match" not in asked and b"if-modified-since" not in asked
            if fresh and path in known:
                return known[path]
            found = await plain(path, unconditional(scope) if Path(path).suffix in ("", ".html") else scope)
            if isinstance(found, FileResponse) and gets and Path(found.path).name == INDEX:
                return text(page(Path(found.path), *OURS), "text/html", unpacks, {"cache-control": "no-cache"})
            if isinstance(found, FileResponse) and whole and Path(found.path).suffix in PACKED:
                known[path] = answer(found)
                return known[path]
            return found

        files.get_response = get_response
        return files

    routes.create_streamlit_static_handler = handler


def unconditional(scope: Any) -> Any:
    """The same request by a browser that holds nothing: our page is newer than the file that Streamlit compares."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if not name.startswith(b"if-")]}


def text(plain: bytes, kind: str, unpacks: bool, headers: dict[str, str]) -> Response:
    """A text of ours, packed for who unpacks it."""
    body, packing = (squeezed(plain), {"content-encoding": "gzip"}) if unpacks else (plain, {})
    return Response(body, headers=headers | packing | {"vary": "accept-encoding"}, media_type=kind)


def answer(found: FileResponse) -> Response:
    """The same file, packed."""
    headers = {name: found.headers[name] for name in KEPT if name in found.headers}
    return Response(packed(Path(found.path)), headers=headers | {"content-encoding": "gzip", "vary": "accept-encoding"})


@cache
def page(path: Path, *own: str) -> bytes:
    """Streamlit's page, which asks for what is ours as well."""
    return front(path.read_text("utf-8"), path.parent / "static/js", own).encode()


@cache
def packed(path: Path) -> bytes:
    """A file of the installed package, which does not change while the server runs."""
    return squeezed(path.read_bytes())


@cache
def squeezed(plain: bytes) -> bytes:
    """In gzip, the same for the same."""
    return gzip.compress(plain, 6, mtime=0)
