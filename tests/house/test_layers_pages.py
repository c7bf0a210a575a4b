"""The house plan inside pages/ui: which room may import which, and where a visitor's choices live."""

import ast

from tests.house.test_layers import imports_of, python_files, shown, streamlit_uses
from tests.support import ROOT

# Imports point one way: a room -> those that it may import (lazily too). No page imports another.
INSIDE_PAGES = {
    "contents": "",
    "front": "",
    "shell": "front",
    "server": "shell",
    "lately": "",
    "rows": "",
    "shared": "",
    "cache": "lately rows shared",
    "turns": "",
    "warm": "cache",
    "glossary": "",
    "prefetch": "cache shared",
    "derived": "cache lately shared",
    "state": "cache derived shared",
    "problem": "state",
    "tables": "cache derived state",
    "page_tables": "derived state tables",
    "board": "cache derived glossary page_tables problem rows shell state tables turns",
    "studio": "board cache problem state",
    "lessons": "board cache glossary problem state",
    "tutorials": "board derived lessons problem state",
    "slips": "board derived lessons state",
}


def test_the_pages_rooms_import_only_what_lies_below() -> None:
    order = list(INSIDE_PAGES)
    assert all(
        order.index(below) < order.index(room) for room, under in INSIDE_PAGES.items() for below in under.split()
    )
    faults = []
    for path in python_files("pages/ui"):
        room = path.relative_to(ROOT / "pages/ui").with_suffix("").parts[0]
        below = {name.split(".")[2] for name in imports_of(path) if name.startswith("pages.ui.")}
        extra = below - set(INSIDE_PAGES.get(room, "").split()) - {room}
        faults += [f"{shown(path)} imports pages.ui.{name}" for name in sorted(extra)]
    assert not faults, "\n".join(faults)


def test_what_a_visitor_chose_lives_in_one_file() -> None:
    """Only session.py touches Streamlit's session and link; only callbacks change the choices."""
    home, callers = ROOT / "pages/ui/state/session.py", ("pages/ui/state/callbacks.py",)
    faults = []
    for path in [ROOT / "app.py", *python_files("pages")]:
        used = streamlit_uses(tree := ast.parse(path.read_text(encoding="utf-8"))) & {"session_state", "query_params"}
        faults += [f"{shown(path)} uses st.{name}" for name in sorted(used) if path != home]
        keeps = any(isinstance(node, ast.Attribute) and node.attr == "keep" for node in ast.walk(tree))
        faults += [f"{shown(path)} changes the choices"] if keeps and shown(path) not in callers else []
    assert not faults, "\n".join(faults)
