"""The words of a run's state and of its log's lines stand in one module, `gpt/runs/log.py`.

Elsewhere a line of the log is a class of that module, and a state is asked of a Status: is it running? The few files
that do spell a word are listed with the reason; what they compare it with is a Literal, and the type checker refuses a
comparison with a word that is none of it, so a misspelt one cannot stay.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from gpt.runs import log
from tests.support import ROOT

HOME = Path("gpt/runs/log.py")
STATES, CONTROLS, KINDS = set(get_args(log.State)), set(get_args(log.Control)), set(get_args(log.Kind))
# These are also a field of a run's description, a folder, a panel, a split of the text: they count as a `kind` alone.
ALSO_OTHERWISE = {"train", "state", "sample"}
WORDS = (STATES | CONTROLS | KINDS) - ALSO_OTHERWISE

MAY = {
    "gpt/runs/status.py": STATES - {"done"},  # says which state a run is in, and what follows from it
    "gpt/runs/folder.py": {"queued"},  # the name of a file
    "gpt/runs/control.py": {"stopped"} | CONTROLS,  # its functions have the names of what can be asked
    "gpt/train/stop_request.py": {"pause"},  # reads what is asked
    "gpt/train/loop.py": {"pause"},  # does it
    "pages/ui/studio/run_list.py": {"running", "queued", "interrupted"},  # as people say it: Mapping[State, str]
}


def words(code: str) -> Iterator[tuple[int, str]]:
    """Every word of a run that stands in the code as a literal, and every one that a `kind` is, or is compared with."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in WORDS:
            yield node.lineno, node.value
        pairs: list[tuple[ast.AST | None, ast.AST]] = []
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            pairs = [(a, b) for a in sides for b in sides if a is not b]
        elif isinstance(node, ast.Dict):
            pairs = list(zip(node.keys, node.values, strict=True))
        elif isinstance(node, ast.keyword):
            pairs = [(ast.Constant(node.arg), node.value)]
        for name, value in pairs:
            if isinstance(value, ast.Constant) and value.value in KINDS & ALSO_OTHERWISE and is_kind(name):
                yield value.lineno, str(value.value)


def is_kind(node: ast.AST | None) -> bool:
    """Whether this is a line's kind: line.kind, line["kind"], line.get("kind"), kind; or the key "kind"."""
    match node:
        case ast.Attribute(attr="kind") | ast.Name(id="kind") | ast.Constant(value="kind"):
            return True
        case ast.Subscript(slice=ast.Constant(value="kind")) | ast.Call(args=[ast.Constant(value="kind"), *_]):
            return True
    return False


def files() -> list[Path]:
    """The product's Python files, from the root."""
    found = [path for folder in ("gpt", "pages") for path in ROOT.glob(f"{folder}/**/*.py")]
    return sorted(path.relative_to(ROOT) for path in found)


def test_no_other_file_spells_them() -> None:
    faults = []
    for path in files():
        if path != HOME:
            allowed = MAY.get(path.as_posix(), set())
            found = words((ROOT / path).read_text(encoding="utf-8"))
            faults += [f"{path.as_posix()}:{line}: {word!r}" for line, word in found if word not in allowed]
    assert not faults, "ask the Status, or the class of gpt/runs/log.py:\n" + "\n".join(faults)


@pytest.mark.parametrize("path", MAY)
def test_what_may_be_spelt_is(path: str) -> None:
    """No exception outlives its reason."""
    assert {word for _, word in words((ROOT / path).read_text(encoding="utf-8"))} == MAY[path]


def test_the_type_checker_refuses_a_word_that_is_none() -> None:
    checked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pyright"]
    assert checked["reportUnnecessaryComparison"] == "error" and {"gpt", "pages"} <= set(checked["include"])
    assert "ignore" not in checked and "exclude" not in checked


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('if status.state == "running": pass', ["running"]),
        ('x in ("done", "failed")', ["done", "failed"]),
        ('line["kind"] == "train"', ["train"]),
        ('"sample" != line.kind', ["sample"]),
        ('line.get("kind") == "state"', ["state"]),
        ('write({"kind": "train", "step": 1})', ["train"]),
        ('Line(kind="state")', ["state"]),
        ('line = {"step": 1, "train": 2.5}', []),
        ('folder / "state"', []),
        ('name = "sample"', []),
        ('"it is running"', []),
        ("status.running", []),
    ],
)
def test_the_scanner_sees_what_it_must(code: str, found: list[str]) -> None:
    assert sorted(word for _, word in words(code)) == sorted(found)
