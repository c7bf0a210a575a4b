"""What panels are sent: the shapes are checked, and Python and JavaScript mean the same fields."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from gpt.figures.glyphs import BLANKS
from pages.ui.board import payload
from pages.ui.board.panel import Panel, ShapeError
from pages.ui.board.panels.head import Head
from pages.ui.board.panels.heads import Heads, OrderedHeads
from pages.ui.board.panels.next_token import NextToken
from pages.ui.board.panels.vectors import Vectors
from tests.support import ROOT
from tests.support.visitor import unpack, unpack_board

PYTHON, SCRIPT = ROOT / "pages/ui/board/panels", ROOT / "assets/components/panels"
FILES = {"next": "next_token", "map": "token_map"}  # panels whose Python file has a longer name
HEADS = {"L": 2, "H": 3, "T": 4, "causal": True, "roles": ["a"] * 6, "clearest": [(0, 1, "itself")]}


def classes(name: str) -> list[type[Panel]]:
    """The payload classes of a panel; one that it extends may be another panel's."""
    module = importlib.import_module(f"pages.ui.board.panels.{FILES.get(name, name)}")
    found = inspect.getmembers(module, lambda one: inspect.isclass(one) and issubclass(one, Panel) and one is not Panel)
    return [one for _, one in found if one.__module__ == module.__name__]


def described(script: str) -> set[str]:
    """The properties of the types that a script calls its Payload, or makes it of."""
    blocks = dict(
        (name, set(re.findall(r"@property \{.*\} (\w+)", body)))
        for body, name in re.findall(r"/\*\*((?:(?!\*/).)*?@typedef \{object\} (\w+)(?:(?!\*/).)*)\*/", script, re.S)
    )
    one_line = re.search(r"@typedef \{(.*)\} Payload\b", script)
    elsewhere = re.fullmatch(r'import\("(\.{1,2}/.*)"\)\.Payload(?: & (\w+))?', one_line[1]) if one_line else None
    if elsewhere:
        return described((SCRIPT / elsewhere[1]).read_text(encoding="utf-8")) | blocks.get(elsewhere[2], set())
    if "Payload" in blocks:
        return blocks["Payload"]
    assert one_line, "no Payload"
    inline = set(re.findall(r"(\w+)\??:", one_line[1]))
    return inline.union(*(blocks[name] for name in re.findall(r"\b[A-Z]\w+", one_line[1]) if name in blocks))


NAMES = sorted(path.stem for path in SCRIPT.glob("*.js"))


@pytest.mark.parametrize("name", NAMES)
def test_both_halves_mean_the_same_fields(name: str) -> None:
    """A panel's script describes what its class sends: nothing less, and nothing more than the sizes of arrays."""
    script = (SCRIPT / f"{name}.js").read_text(encoding="utf-8")
    wanted = described(script)
    if name == "heads":  # shared with the other panels that draw weights
        shared = (ROOT / "assets/components/shared/attention.js").read_text(encoding="utf-8")
        packed = re.search(r"/\*\*((?:(?!\*/).)*?@typedef \{object\} Packed(?:(?!\*/).)*)\*/", shared, re.S)
        assert packed
        wanted |= set(re.findall(r"@property \{.*\} (\w+)", packed[1])) | {"clearest", "scores", "words", "titles"}
        wanted |= {"clear", "order"}
    sent = {field.name for one in classes(name) for field in dataclasses.fields(one)}
    fields = [field for one in classes(name) for field in dataclasses.fields(one)]
    sizes = {size for field in fields for size in field.metadata.get("shape", ())}
    assert classes(name) and all(one.name == name for one in classes(name))
    assert wanted - sent == set(), "the script reads what is not sent"
    assert sent - wanted - sizes == set(), "what is sent, nobody reads"


def test_every_panel_has_its_files() -> None:
    python = {path.stem for path in PYTHON.glob("*.py")} - {"__init__"}
    assert python == {FILES.get(name, name) for name in NAMES}
    assert {path.stem for path in SCRIPT.glob("*.css")} == set(NAMES)


@pytest.mark.parametrize(
    "pattern",
    [
        np.zeros((2, 3, 16), np.uint16),
        np.zeros((3, 2, 10), np.uint16),
        np.zeros((2, 3, 10), np.float32),
        np.zeros(60, np.uint16),
        [[0] * 10] * 6,
    ],
)
def test_another_shape_or_type_is_refused(pattern: object) -> None:
    Heads(**HEADS, pattern=np.zeros((2, 3, 10), np.uint16))
    with pytest.raises(ShapeError, match=r"heads.pattern holds .*must be \(L, H, pairs\)"):
        Heads(**{**HEADS, "pattern": pattern})


def test_lists_are_counted_too() -> None:
    logits = np.zeros((2, 3), np.float32)
    good = {"T": 2, "V": 3, "settings": {}, "rev": 0, "index": 0, "u": 0.5, "logits": logits, "before": logits[:0]}
    good |= {"start": 0, "U": 2, "P": 0, "query": 1, "ids": [0, 1]}
    NextToken(**good, tokens=["a", "b"], vocabulary=["a", "b", "c"])
    with pytest.raises(ShapeError, match="next.tokens holds 3 things"):
        NextToken(**good, tokens=["a", "b", "c"], vocabulary=["a", "b", "c"])
    orders = {"words": {}, "titles": {}, "clear": 0.4, "order": range(6)}
    with pytest.raises(ShapeError, match="of 6 heads"):
        OrderedHeads(**HEADS, pattern=np.zeros((2, 3, 10), np.uint16), scores={"previous": [0.0] * 5}, **orders)


def test_a_panel_is_packed_as_it_is() -> None:
    """Header and arrays come back; a part that is not there is empty; several stand side by side."""
    token = np.arange(6, dtype=np.float32).reshape(2, 3)
    vectors = Vectors(T=2, U=2, C=3, tokens=["a", "…"], row=[1, 0], shade=0.1, token=token, position=None)
    back = unpack(payload.pack(vectors))
    assert np.array_equal(back["token"], token.ravel()) and not back["position"].size
    assert (back["T"], back["tokens"], back["shade"]) == (2, ["a", "…"], 0.1)
    board = unpack_board(payload.pack_board([(vectors, 20), (Head(tokens=("a", "b")), 40)]))
    assert board["vectors"] == ("bytes", payload.pack(vectors)) and json.loads(board["head"][1])["tokens"] == ["a", "b"]


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_no_number_silences_the_page(number: float) -> None:
    token = np.zeros((0, 3), np.float32)
    with pytest.raises(ValueError, match="JSON"):
        payload.pack(Vectors(T=0, U=0, C=3, tokens=[], row=[], shade=number, token=token, position=None))


def test_a_panel_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Head(tokens=("a",)).tokens = ("b",)  # type: ignore[misc]


def test_both_halves_draw_the_same_blanks() -> None:
    """The table of glyphs and names is the same in the browser."""
    script = (Path(SCRIPT).parent / "shared/text.js").read_text(encoding="utf-8")
    table = re.search(r"const BLANKS = (\{.*?\});", script, re.S)
    assert table
    keys = re.sub(r",(\s*[}\]])", r"\1", table[1])
    assert {key: tuple(value) for key, value in json.loads(keys).items()} == BLANKS
