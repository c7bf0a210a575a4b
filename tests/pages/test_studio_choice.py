"""Which run the studio shows, and what is deleted: always the one that was meant, whoever adds or deletes others."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from gpt import runs
from gpt.runs import control, log
from tests.pages.test_studio import (
    OTHER,
    PLAYGROUND,
    disabled,
    finished,
    home,  # noqa: F401 - keeps every test in a folder of its own
    press,
    said,
    sent,
    studio,
    waiting,
)
from tests.support.visitor import clean, read_aloud, tell

ME = "thisbrowser000000000"


def teacher(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A visitor who may do everything."""
    monkeypatch.setenv("NANOSCOPE_TEACHER", "chalk")
    app = studio()
    return clean(app.text_input(key="teacher-code").set_value("chalk").run())


def pick(app: AppTest, run: str, *over: str, n: int = 1) -> AppTest:
    """A click on a row; `over` are the boxes."""
    return tell(app, "runs", picked={"run": run, "over": list(over), "n": n})


def shown(app: AppTest) -> str:
    """The id of the run that the table marks; everything below the table is about it."""
    table = sent(app, "runs")
    (name,) = [row["name"] for row in table["rows"] if row["id"] == table["run"]]
    assert sent(app, "progress")["sentence"].startswith(f"{name} is ")
    assert {str(b.key)[-len(table["run"]) :] for b in app.button if str(b.key).startswith("run-")} == {table["run"]}
    return table["run"]


def test_a_run_added_between_choosing_and_deleting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The teacher chooses X; students add runs, which moves all rows; Delete is about X, asks with its name, hits X."""
    above, x, below = finished(name="above"), finished(name="X"), finished(name="below")
    app = pick(teacher(monkeypatch), x)
    added = finished(name="added in between")
    clean(app.run())
    assert shown(app) == x
    another = finished(name="and one more")
    press(app, "run-delete")
    assert "X" in said(app) and x in read_aloud(said(app)) and len(runs.listing()) == 5, "deleted without a question"
    finished(name="while it asks")
    press(app, "delete-sure")
    assert {status.id for status in runs.listing()} >= {above, below, added, another}
    assert x not in {status.id for status in runs.listing()} and len(runs.listing()) == 5
    (told,) = [info.value for info in app.info]
    assert read_aloud(told).startswith("Deleted “X”: step 2,000 of 2,000, 1 kept step, ")


def test_what_is_shown_at_first_stays_shown() -> None:
    """The newest, until one chooses another: not whatever becomes the newest."""
    first = finished(name="first")
    app = studio()
    finished(name="second")
    assert shown(clean(app.run())) == first


def test_a_click_meant_for_a_run_that_is_gone_hits_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser still shows X's buttons when another run has taken X's place."""
    other, x = waiting(name="other"), waiting(name="X")
    app = pick(teacher(monkeypatch), x)
    (stop,) = [button for button in app.button if str(button.key).startswith("run-stop-")]
    control.stop(x, OTHER)
    control.delete(x, OTHER)
    clean(stop.click().run())
    assert shown(app) == other and runs.status_of(other).state == "queued"


def test_keeping_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    run = finished()
    app = press(teacher(monkeypatch), "run-delete")
    press(app, "delete-keep")
    assert "delete-sure" not in disabled(clean(app.run())) and runs.status_of(run)


def test_someone_is_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked about is gone before the answer."""
    run = finished()
    app = press(teacher(monkeypatch), "run-delete")
    control.delete(run, OTHER)
    press(app, "delete-sure")
    assert [info.value for info in app.info] == ["Someone else deleted this run just now\\."]
    assert "No run yet" in said(clean(app.run()))


def test_who_did_not_start_it_cannot_ask_to_delete_it() -> None:
    finished()
    assert disabled(studio())["run-delete"]


def test_runs_laid_over_the_shown_one() -> None:
    """In the order of the clicks; what is gone is left out, and so is the shown one itself."""
    a, b, c = finished(name="a"), finished(name="b"), finished(name="c")
    app = pick(studio(), a, c, b, "no-such-run", a)
    assert [one["name"] for one in sent(app, "curves")["runs"]] == ["a", "c", "b"]
    control.delete(c, OTHER)
    assert [one["name"] for one in sent(clean(app.run()), "curves")["runs"]] == ["a", "b"]


def test_two_runs_of_one_name_can_be_told_apart() -> None:
    a, b = finished(name="twin"), finished(name="twin")
    names = [one["name"] for one in sent(pick(studio(), a, b), "curves")["runs"]]
    assert len(set(names)) == 2 and all(name.startswith("twin") for name in names)
    assert a in names[0] and b in names[1]


@pytest.mark.parametrize(
    "junk", [None, 3, [], {}, {"run": "x"}, {"run": 1, "over": "abc"}, {"over": [{}], "run": None}]
)
def test_a_browser_may_send_anything(junk: object) -> None:
    run = finished()
    app = studio()
    assert shown(tell(app, "runs", picked=junk)) == run


def test_a_waiting_run_shows_nothing_of_another() -> None:
    """No legend, sample or batch of the run that was shown before it."""
    trained, queued = finished(name="trained"), waiting(name="queued")
    runs.find(trained).append(log.Sample(5, "ROMEO"))
    app = pick(studio(), trained)
    assert sent(app, "sample") == {"step": 5, "text": "ROMEO"}
    app = pick(app, queued, n=2)
    assert sent(app, "sample")["text"] == sent(app, "batch")["text"] == ""
    assert [one["name"] for one in sent(app, "curves")["runs"]] == ["queued"]
    assert sent(app, "progress")["message"].startswith("Waiting: place 1 of 1")


def test_open_everywhere_answers() -> None:
    """With a sentence that stays until another run is chosen."""
    a, b = finished(name="*a*"), finished(name="b")
    app = press(pick(studio(), a), "run-open")
    (told,) = [read_aloud(info.value) for info in app.info]
    assert told == "Playground, Attention and Timeline now show “*a*” at step 2,000, its newest, and follow it."
    assert not pick(app, b, n=2).info


@pytest.mark.parametrize("title", ["Playground", "Attention", "Timeline"])
def test_a_run_has_links_to_where_it_can_be_looked_at(title: str) -> None:
    run = finished()
    app = press(studio(), f"run-see-{title}")
    assert app.session_state["inputs"].model == run and app.get("bidi_component")
    assert disabled(studio())["run-see-Playground"] is False
    other = waiting()
    assert disabled(pick(studio(), other))["run-see-Playground"]
    clean(app.switch_page(PLAYGROUND).run())
    assert app.session_state["inputs"].model == run


def test_a_run_that_cannot_be_read_is_a_row_that_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the teacher can delete it, and nothing else can be done with it; the others are as they were."""
    good, broken = finished(name="good"), finished(name="broken")
    description = runs.find(broken).description
    description.write_text('{"model": "a word"}', encoding="utf-8")
    app = pick(studio(), broken)
    rows = {row["id"]: row for row in sent(app, "runs")["rows"]}
    assert rows[good]["readable"] and not rows[broken]["readable"]
    assert rows[broken]["state"] == "unreadable" and len(rows[broken]["about"]) > 20
    assert sent(app, "progress")["message"] == rows[broken]["about"]
    assert not [key for key in disabled(app) if key.startswith("run-")]
    assert "Only the teacher can delete" in said(app)
    app = pick(teacher(monkeypatch), broken)
    assert [key for key in disabled(app) if key.startswith("run-")] == ["run-delete"]
    press(app, "run-delete")
    press(app, "delete-sure")
    assert [status.id for status in runs.listing()] == [good]


def test_a_run_renamed_while_it_is_asked_about_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever said yes to a name meant that name."""
    run = finished(name="as asked")
    asked = runs.status_of(run)
    control.rename(run, "another name", OTHER)
    with pytest.raises(runs.RunError, match="nothing was deleted"):
        control.delete(run, OTHER, expected_name=asked.name)
    app = press(teacher(monkeypatch), "run-delete")
    assert "another name" in said(app) and runs.status_of(run)
