"""The page Exercises: what the puzzle is sent is the engine's judgement; what it tells is kept, nonsense not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from gpt.lessons.exercises.judgement import judge
from gpt.lessons.exercises.table import EXERCISES
from pages.ui.state import permalink
from pages.ui.state.choices import exercises
from pages.ui.state.inputs import Inputs
from tests.support.visitor import proto, read_aloud, tell, visit

PAGE = "pages/learn/exercises.py"


def sent(app: AppTest) -> dict[str, Any]:
    """What the puzzle was sent."""
    return json.loads(proto(app, "puzzle").json)


def link(app: AppTest) -> dict[str, str]:
    """What the address says."""
    return json.loads(proto(app, "link").json)["link"]


def answer(key: str) -> str:
    """The right lines of an exercise, in the link's words."""
    return exercises.write_lines(tuple((line.key, depth) for line, depth in EXERCISES[key].answer))


def test_what_is_shown_is_what_the_engine_says() -> None:
    app = visit(PAGE, exercise="block", lines="ba1.bl1.bp2.bj1.bex1.bf1.bg1.br1")
    found, block = sent(app), EXERCISES["block"]
    theirs = judge(block, [(block.line("bex") if line.key == "be" else line, depth) for line, depth in block.answer])
    assert found["said"] == theirs.said and found["hints"] == [list(one) for one in theirs.hints]
    assert found["at"] == 4 and not found["solved"]
    assert found["truth"] == [[f"{x:.4f}" for x in row] for row in theirs.truth[0].tolist()]
    assert found["yours"] == [[f"{x:.4f}" for x in row] for row in theirs.yours[0].tolist()]
    assert [line[0] for line in found["lines"]] == [line.key for line in block.offered]
    assert len(found["lines"]) == len(block.lines)


def test_what_the_puzzle_tells_is_kept_for_every_exercise_and_restored_by_the_link() -> None:
    app = visit(PAGE)
    assert link(app) == {} and sent(app)["exercise"] == "head" and sent(app)["placed"] == []
    tell(app, "puzzle", choice={"exercise": "head", "lines": answer("head")})
    assert sent(app)["solved"] and [one[2] for one in sent(app)["exercises"]] == [True, False, False]
    tell(app, "puzzle", choice={"exercise": "model", "lines": "mt1.mk1." + answer("head")})
    found = sent(app)
    assert found["exercise"] == "model" and found["placed"] == [["mt", 1], ["mk", 1]]
    assert found["rest"] == answer("head") and found["exercises"][0][2], "another exercise's work stays"
    assert link(app) == {"exercise": "model", "lines": "mt1.mk1." + answer("head")}
    again = visit(PAGE, **link(app))
    assert sent(again) == found


def test_every_line_of_all_exercises_fits_what_a_browser_may_tell() -> None:
    every = ".".join(f"{line.key}3" for one in EXERCISES.values() for line in one.lines)
    app = tell(visit(PAGE), "puzzle", choice={"exercise": "block", "lines": every})
    assert link(app)["lines"] == every
    assert len(sent(app)["placed"]) == len(EXERCISES["block"].lines) and not sent(app)["solved"]


@pytest.mark.parametrize(
    "choice", [{"lines": 7}, {"exercise": "x"}, {"exercise": None, "lines": "hq9.zz1..\n"}, "x", None]
)
def test_nonsense_from_a_browser_changes_nothing_but_what_it_names(choice: object) -> None:
    app = tell(visit(PAGE, lines="hq1"), "puzzle", choice=choice)
    assert sent(app)["exercise"] == "head" and sent(app)["placed"] in ([["hq", 1]], [])


@pytest.mark.parametrize(
    ("word", "kept", "told"),
    [
        ("hq1.hk2", (("hq", 1), ("hk", 2)), ""),
        ("hq1.hq2", (("hq", 1),), "1 of the link's lines"),
        ("hq4.zz1.hk1", (("hk", 1),), "2 of the link's lines"),
        ("<b>", (), "1 of the link's lines"),
        ("", (), ""),
        ("hq1." * 5_000, (("hq", 1),), "4999 of the link's lines"),
    ],
)
def test_a_link_of_a_stranger_is_read_line_by_line(word: str, kept: object, told: str) -> None:
    found = permalink.restore({"lines": word, "exercise": "head"})
    assert found.exercises.lines == kept
    assert [notice for notice in found.notices if told and told in notice] or not told


def test_an_exercise_that_is_none_is_told() -> None:
    app = visit(PAGE, exercise="<script>")
    assert "is not one of head, block, model" in read_aloud(app.info[0].value)
    assert exercises.EXERCISES == tuple(EXERCISES)
    assert permalink.link_of(Inputs(), exercises.ROWS) == {}
