"""The page of the slips without a browser: guess, reveal, turn, link; the table of all."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from gpt.lessons.slips.museum import BY_KEY, SLIPS
from pages.ui.slips import choices, exhibit
from tests.support import ROOT
from tests.support.visitor import clean, only_bundled, pictures, proto, tables, visit


@pytest.fixture(scope="module", autouse=True)
def without_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only the models that come with the app."""
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def slips(**link: str) -> AppTest:
    """A new visitor who opens the slips first."""
    return visit("pages/learn/slips.py", **link)


def link(app: AppTest) -> dict[str, str]:
    """The parameters that the page puts into the address."""
    return json.loads(proto(app, "link").json)["link"]


def told(app: AppTest) -> str:
    """All text of the page."""
    return "\n".join(element.value for element in [*app.markdown, *app.info, *app.code]).replace("\\", "")


def test_before_the_guess_nothing_tells_which_is_broken() -> None:
    app = slips()
    slip = SLIPS[0]
    assert f"1 · {slip.title}" in told(app) and link(app) == {"slip": slip.key}
    assert slip.name not in told(app) and slip.law not in told(app) and not pictures(app)
    assert list(tables(app)[0][0]) == ["measured", "A", "B"]
    assert app.button(key="slip-back").disabled and not app.button(key="slip-next").disabled


def test_a_guess_is_judged_once_and_reveals() -> None:
    app = slips(slip="zeros-mask")
    wrong = "B" if choices.broken("zeros-mask") == "A" else "A"
    app = clean(app.button(key=f"guess-{wrong}").click().run())
    words, slip = told(app), BY_KEY["zeros-mask"]
    assert "**Not this time.**" in words and "**0 of 1** guessed right" in words
    assert slip.name in words and slip.law in words and slip.source in words
    (row, *_), found = tables(app)[0], slip.effect().numbers[0]
    right = choices.broken("zeros-mask")
    other = "B" if right == "A" else "A"
    assert f"Broken ({right}): **does not hold**; Mended ({other}): **holds**" in words
    assert (row[f"{right} ✗"], row[f"{other} ✓"]) == found.told
    assert [name for name, _ in pictures(app)] == ["slip-zeros-mask"]
    assert link(app) == {"slip": "zeros-mask", "said": f"zeros-mask.{wrong}"}
    again = slips(**link(app))
    assert "**Not this time.**" in told(again) and link(again) == link(app)


def test_all_thirteen_by_next_in_time_and_the_score_of_who_knows() -> None:
    app = slips()
    for place, slip in enumerate(SLIPS, 1):
        assert f"{place} · {slip.title}" in told(app)
        app = clean(app.button(key=f"guess-{choices.broken(slip.key)}").click().run())
        assert "**Right.**" in told(app) and len(pictures(app)) == 1
        assert all(picture["alt"] for _, picture in pictures(app))
        began = time.process_time()  # of the processor: how busy the machine is otherwise is not the page's
        app = clean(app.button(key="slip-next").click().run())
        assert time.process_time() - began < 1.5
    assert "**13 of 13** guessed right" in told(app) and "All slips in one table" in told(app)
    (rows,) = tables(app)
    assert [row["slip"] for row in rows] == [f"{i} · {slip.name}" for i, slip in enumerate(SLIPS, 1)]
    for row, slip in zip(rows, SLIPS, strict=True):
        assert row["measured, broken against mended"].endswith(" against ".join(slip.effect().numbers[0].told))
    assert app.button(key="slip-next").disabled


def test_what_is_turned_is_in_the_link_and_comes_back() -> None:
    app = slips(slip="eval-mode", open="1")
    app.selectbox(key="slip-turn-eval-mode-model").set_value("shakespeare")
    app = clean(app.run())
    app = clean(app.segmented_control(key="slip-turn-eval-mode-p").set_value("0.5").run())
    assert link(app) == {"slip": "eval-mode", "open": "1", "turn": "3.1"}
    again = slips(**link(app))
    assert link(again) == link(app) and tables(again) == tables(app)
    shown = BY_KEY["eval-mode"].effect({"model": "shakespeare", "p": "0.5"}).numbers[0].told
    assert set(shown) <= set(tables(again)[0][0].values())


@pytest.mark.parametrize("wild", ["99", "../etc", "", "9" * 400, "9.9", "²"])
def test_a_wild_link_opens_what_there_is(wild: str) -> None:
    app = slips(slip=wild or "sign", turn=wild, said=wild, open=wild)
    assert link(app) == {"slip": "sign"}
    assert link(slips(slip="width", turn=wild, said=f"width.{wild}~sign.B~no.A")) == {"slip": "width", "said": "sign.B"}


def test_who_does_not_know_is_told_and_the_live_page_opens_with_the_model() -> None:
    app = slips(slip="joining")
    app = clean(app.button(key="guess-?").click().run())
    assert "You did not know" in told(app) and "No guess yet" in told(app)
    app = clean(app.button(key="slip-live").click().run())
    assert json.loads(proto(app, "link").json)["link"]["model"] == "lesson-8"
    for before in ("", "visited"):
        app = slips(slip="printed-loss", open="1", turn="1.1")
        if before:
            app = clean(app.switch_page("pages/learn/lessons.py").run())
            app = clean(app.switch_page("pages/learn/slips.py").run())
        app = clean(app.button(key="slip-live").click().run())
        assert "# 2 · The bigram" in told(app), before
    for slip in SLIPS:
        assert (ROOT / exhibit.PAGES[slip.live[0].partition("?")[0]]).is_file()
