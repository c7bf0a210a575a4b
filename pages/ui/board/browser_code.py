"""How the browser half reaches the browser: all of it once, and at a key only the hash of it.

A server that was started by app.py hands the code out as one script, with its hash in its name: the page asks for it
before it is connected, and the browser keeps it. Any other start of Streamlit sends it as a component of its own,
outside of what a key draws again. What is mounted at a key names the code's hash, so another version is never taken for
this one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from streamlit.components import v2

from pages.ui import shell
from pages.ui.board.bundle import bundle

FOLDER = Path(__file__).resolve().parents[3] / "assets" / "components"
KEY = "nanoscope-code"
PAGE = "page.css"  # the style of what stands outside of all panels


@dataclass(frozen=True)
class Code:
    """All panels in one module, and what stands in for it in each component."""

    module: str
    stub: str
    path: str  # of the script, below the server's root; Streamlit, too, keeps its scripts there

    def of(self, name: str) -> str:
        """The code of a component that shows a panel, or the board."""
        return f"{self.stub}export default (given) => show({json.dumps(name)}, given);\n"

    def asked(self) -> str:
        """The code of a component that asks for the script, if the page did not yet: it was open since before."""
        script = f"new URL({json.dumps(self.path)}, document.baseURI)"
        return f"export default async () => {{\n  await import({script});\n}};\n"


@cache
def read() -> Code:
    """The files, put together once a process. Raises BundleError if they do not fit."""
    sources = {path.relative_to(FOLDER).as_posix(): path.read_text("utf-8") for path in FOLDER.rglob("*.js")}
    styles = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.rglob("*.css")) if path.name != PAGE}
    kinds = ",\n".join(
        f"  {Path(path).stem}: modules[{json.dumps(path)}].default"
        for path in sorted(sources)
        if path.startswith("panels/")
    )
    shower = f"const show = modules['board.js'].shower({{\n{kinds}\n}}, {json.dumps(styles)});"
    module = bundle(sources, shower)
    digest = hashlib.sha256(module.encode()).hexdigest()[:16]
    module += f"modules['arrival.js'].deliver('{digest}', show);\nexport default () => {{}};\n"
    showing = f"const show = (name, given) => modules['arrival.js'].showWith('{digest}', name, given);"
    return Code(module, bundle({"arrival.js": sources["arrival.js"]}, showing), f"static/js/nanoscope.{digest}.js")


def hand_out() -> None:
    """Let the server that is about to start hand the code out as a script."""
    shell.hand_out(read().path, read().module)


@cache
def mount(name: str) -> Callable[..., Any]:
    """Register a component once a process; its text always holds newlines, so it is never taken for a path."""
    return v2.component(f"nanoscope_{name}", js=read().of(name))


@cache
def mount_code() -> Callable[..., Any]:
    """Register what brings the code; not isolated, so that the page's style reaches the page."""
    code = read().asked() if shell.hands_out(read().path) else read().module
    return v2.component("nanoscope_code", js=code, css=(FOLDER / PAGE).read_text("utf-8"), isolate_styles=False)


def bring() -> None:
    """The code of all panels: once a visit of a page, outside of any fragment, before anything that shows one."""
    mount_code()(key=KEY)
