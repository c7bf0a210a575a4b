"""No test reads anything outside the project: every file under tests is parsed for a path that leads out of it.

The scanner is first shown what it must catch and what it must let pass, so that a blind one cannot pass.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ROOT

INTO_A_NEIGHBOUR = re.compile(r"\.\./\w[\w.-]*/")  # wherever it stands, in a comment too: a folder beside the project
OF_THE_SYSTEM = ("/proc/", "/dev/")  # a process about itself
OPENS = ("Path", "PurePath", "open", "read_text", "load_file")  # a call of these with a path in quotes


def climb(node: ast.AST) -> tuple[str, int]:
    """What a chain of .parent and .parents[n] begins with, and how many folders up it goes: Path(__file__) goes 0."""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "parents":
        start, up = climb(node.value.value)
        return start, up + (node.slice.value + 1 if isinstance(node.slice, ast.Constant) else 99)  # type: ignore[operator]
    if isinstance(node, ast.Attribute) and node.attr == "parent":
        start, up = climb(node.value)
        return start, up + 1
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("resolve", "absolute")
    ):
        return climb(node.func.value)
    return ast.unparse(node), 0


def leads_out(text: str) -> bool:
    """Whether a path in quotes leads out of the folder that it begins in."""
    return ".." in re.split(r"[/\\]", text) or (text.startswith(("/", "~")) and not text.startswith(OF_THE_SYSTEM))


def ways_out(code: str, depth: int) -> Iterator[str]:
    """Every way out of the project in the code of a file that lies `depth` folders below its root."""
    for number, line in enumerate(code.splitlines(), 1):
        yield from (f"line {number}: {found.group()}" for found in INTO_A_NEIGHBOUR.finditer(line))
    allowed = {"ROOT": 0, "Path(__file__)": depth + 1}
    for node in ast.walk(ast.parse(code)):
        paths: list[ast.expr] = []
        if isinstance(node, ast.Attribute | ast.Subscript):
            start, up = climb(node)
            if up > allowed.get(start, 99):
                yield f"line {node.lineno}: {ast.unparse(node)}"
            if isinstance(node, ast.Attribute) and node.attr in ("expanduser", "home"):
                yield f"line {node.lineno}: {ast.unparse(node)}"
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            paths = [node.right]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in (*OPENS, "joinpath"):
            paths = node.args
        for path in paths:
            if isinstance(path, ast.Constant) and isinstance(path.value, str) and leads_out(path.value):
                yield f"line {path.lineno}: {path.value!r}"


def test_no_test_looks_outside() -> None:
    faults = []
    for file in sorted((ROOT / "tests").rglob("*.py")):
        if file != Path(__file__):  # which names what it forbids
            place = file.relative_to(ROOT)
            found = ways_out(file.read_text(encoding="utf-8"), len(place.parts) - 1)
            faults += [f"{place.as_posix()}, {fault}" for fault in found]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "code",
    [
        "DATA = ROOT.parent / 'data'",
        "DATA = ROOT.resolve().parents[0]",
        "DATA = Path(__file__).resolve().parents[3]",
        "DATA = Path(__file__).parent.parent.parent.parent",
        "up = 2\nDATA = Path(__file__).parents[up]",
        "DATA = ROOT / '..' / 'data'",
        "DATA = ROOT / '../data.txt'",
        "DATA = ROOT.joinpath('tests', '..', '..', 'data')",
        "DATA = Path('/srv/data')",
        "with open('/srv/data/a.txt') as file: ...",
        "weights = load_file('../a.safetensors')",
        "DATA = Path('~/data').expanduser()",
        "DATA = Path.home()",
        "pytest.skip('needs ../shared/a.json')",
        "# the file is ../shared/a.json\nx = 1",
    ],
)
def test_a_way_out_is_seen(code: str) -> None:
    assert list(ways_out(code, depth=2))


@pytest.mark.parametrize(
    "code",
    [
        "ROOT = Path(__file__).resolve().parents[2]",
        "DATA = Path(__file__).parent / 'data'",
        "DATA = ROOT / 'tests' / 'data'",
        "folder = status.parent",
        "wild = ('..', '../x', '../../etc', '/secret/folder')\nassert not valid(wild)",
        "half = a / 2",
        "memory = Path('/proc/self/statm').read_text()",
        "page.goto('/studio')",
    ],
)
def test_what_stays_inside_passes(code: str) -> None:
    assert list(ways_out(code, depth=2)) == []
