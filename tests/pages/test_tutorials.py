"""As printed: what the page shows of a listing, digit by digit, is what the listing gives."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gpt.lessons.tutorials.listing import Printed as Row
from gpt.lessons.tutorials.table import BY_KEY, LISTINGS
from pages.ui.board.panels.printed import Printed, compared
from pages.ui.derived import tutorials
from pages.ui.lessons.choices import PLACES as LESSONS
from pages.ui.state import permalink
from pages.ui.tutorials.listing import FIRST, address
from tests.pages.test_first_screen import PAGES
from tests.support.visitor import proto, read_aloud, tables, visit

PAGE = "pages/learn/tutorials.py"
BATCH = "lecture-batch"
PATHS = {path or FIRST for _, path in PAGES.values()}


def rows(app: Any) -> list[dict[str, Any]]:
    """What the panel of the two sides is sent."""
    return json.loads(proto(app, "printed").json)["rows"]


def whole(parts: list[tuple[str, bool]]) -> str:
    """The pieces of a text together."""
    return "".join(text for text, _ in parts)


@pytest.mark.parametrize(
    ("a", "b", "first", "second"),
    [
        ("4.8786", "4.8786", [("4.8786", False)], [("4.8786", False)]),
        ("2.57", "2.40", [("2.", False), ("57", True)], [("2.", False), ("40", True)]),
        ("10 million", "9 million", [("10", True), (" million", False)], [("9", True), (" million", False)]),
        ("True", "False", [("True", True)], [("False", True)]),
        ("", "1", [("", True)], [("1", True)]),
    ],
)
def test_digits_that_differ_are_marked(a: str, b: str, first: list[Any], second: list[Any]) -> None:
    assert compared(a, b) == (first, second)


def test_both_sides_are_told_whole() -> None:
    found = Printed.of([Row("a", "12.50", "12.49", "it is so"), Row("b", 3_000 * "x", 2_999 * "x", "it is shorter")])
    for pair, row in zip(found.rows, ("12.50 12.49", f"{3_000 * 'x'} {2_999 * 'x'}"), strict=True):
        assert f"{whole(pair['printed'])} {whole(pair['ours'])}" == row
        assert pair["verdict"].startswith("differs, because it is")


def test_the_page_shows_what_a_listing_gives() -> None:
    app = visit(PAGE, listing=BATCH)
    found = BY_KEY[BATCH].outcome().printed
    assert [(row["what"], whole(row["ours"]), row["verdict"]) for row in rows(app)] == [
        (row.what, row.ours, row.verdict) for row in found
    ]
    assert json.loads(proto(app, "link").json)["link"] == {"listing": BATCH}


def test_a_link_restores_what_is_turned_and_nonsense_is_as_printed() -> None:
    app = visit(PAGE, listing=BATCH, **{"turn-seed": "42"})
    assert {row["verdict"] for row in rows(app)} == {"same", "turned"}
    assert json.loads(proto(app, "link").json)["link"] == {"listing": BATCH, "turn-seed": "42"}
    odd = visit(PAGE, listing=BATCH, **{"turn-seed": "x" * 5_000})
    assert {row["verdict"] for row in rows(odd)} == {"same"}


def test_a_link_to_no_listing_says_so_once() -> None:
    app = visit(PAGE, listing="lecture-nowhere")
    (said,) = app.info
    assert read_aloud(said.value).startswith("The link's listing is not one of")
    app.button("listing-next").click().run()
    assert not app.info
    assert app.title or BY_KEY[LISTINGS[1].key].title in [read_aloud(one.value)[2:] for one in app.markdown]


def test_every_link_to_a_live_page_restores_what_it_names() -> None:
    known = {row.name for row in permalink.TABLE}
    for one in LISTINGS:
        page, _, query = one.live[0].partition("?")
        values = permalink.parsed(query)
        assert not one.live[0] or page in PATHS, one.key
        assert address(one.live[0]).startswith("./" if page == FIRST else page)
        if page == "lessons":
            assert values["lesson"] in LESSONS, one.key
        elif page == "tutorials":
            assert values["listing"] in BY_KEY, one.key
        elif values:
            assert values.keys() <= known, one.key
            assert permalink.restore(values).notices == (), one.key


def test_a_road_begins_at_its_first_listing() -> None:
    app = visit(PAGE)
    roads = list(dict.fromkeys(one.road for one in LISTINGS))
    assert len(app.selectbox("listing-road").options) == len(roads) + 1, "the overview stands behind them"
    for road in roads:
        first = next(one for one in LISTINGS if one.road == road)
        app.selectbox("listing-road").select(road).run()
        assert app.selectbox("listing").value == first.key


def test_the_overview_counts_every_row(monkeypatch: pytest.MonkeyPatch) -> None:
    some = LISTINGS[:3]
    monkeypatch.setattr("gpt.lessons.tutorials.table.LISTINGS", some)
    tutorials.all_of_them.cache_clear()
    assert tutorials.all_of_them().wait(60)
    (table,) = tables(visit(PAGE, listing="overview"))
    for row, one in zip(table, some, strict=True):
        printed = one.outcome().printed
        assert row["same of printed"] == f"{sum(each.same for each in printed)} of {len(printed)}"
        assert row["differ, because"] == "none", "of these three none differs"
    tutorials.all_of_them.cache_clear()
