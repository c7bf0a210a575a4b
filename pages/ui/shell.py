"""Streamlit's own files, on their way to a browser: packed once, and then from memory.

Streamlit sends every new visitor 4 MB of script unpacked, read from the disk each time; packed it is 1.3 MB, and a
class that opens a page together waits for less of this server. What was packed once is sent without a look at the disk.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path
from typing import Any

from starlette.responses import FileResponse, Response
from streamlit.web.server.starlette import starlette_static_routes as routes

PACKED = (".js", ".css")
KEPT = ("cache-control", "content-type", "last-modified")  # of a file's headers


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
            whole = scope["method"] == "GET" and b"range" not in asked and b"gzip" in asked.get(b"accept-encoding", b"")
            fresh = whole and b"if-none-match" not in asked and b"if-modified-since" not in asked
            if fresh and path in known:
                return known[path]
            found = await plain(path, scope)
            if isinstance(found, FileResponse) and whole and Path(found.path).suffix in PACKED:
                known[path] = answer(found)
                return known[path]
            return found

        files.get_response = get_response
        return files

    routes.create_streamlit_static_handler = handler


def answer(found: FileResponse) -> Response:
    """The same file, packed."""
    headers = {name: found.headers[name] for name in KEPT if name in found.headers}
    return Response(packed(Path(found.path)), headers=headers | {"content-encoding": "gzip", "vary": "accept-encoding"})


@cache
def packed(path: Path) -> bytes:
    """A file of the installed package, which does not change while the server runs."""
    return gzip.compress(path.read_bytes(), 6, mtime=0)
