"""The lessons without a browser: every lesson opens, asks, reveals, and shows what its experiment gives."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from gpt.config import GPTConfig, TrainConfig
from gpt.lessons import RUNGS, difference, named
from gpt.lessons.quiz import catalogue
from gpt.lessons.quiz.question import Question
from gpt.runs import RunError, control
from tests.support.visitor import clean, only_bundled, visit

LESSONS = [rung.number for rung in RUNGS]


@pytest.fixture(scope="module", autouse=True)
def without_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only the bundled models."""
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def lessons(**link: str) -> AppTest:
    """A new visitor who opens the lessons first."""
    return visit("pages/learn/lessons.py", **link)


def opened(number: int) -> AppTest:
    """A visitor in front of a lesson's experiment, without a guess."""
    app = lessons(lesson=str(number))
    return clean(app.toggle(key=f"open-{number}").set_value(True).run())


def place(app: AppTest) -> str:
    """The lesson that the link names."""
    named = app.query_params["lesson"]
    return named if isinstance(named, str) else named[0]


def told(app: AppTest) -> str:
    """All text of the page."""
    return "\n".join(element.value for element in [*app.markdown, *app.info, *app.success, *app.code])


def test_the_first_visit_opens_the_first_lesson_and_the_link_says_so() -> None:
    app = lessons()
    assert "# 1 · Text to numbers" in told(app) and place(app) == "1"
    assert app.button(key="lesson-back").disabled and not app.button(key="lesson-next").disabled
    assert not app.get("plotly_chart") and "Guess first" in told(app)
    assert "**Look for:**" not in told(app) and not app.metric  # nothing is given away


def test_what_may_be_read_before_guessing_gives_no_answer_away() -> None:
    app = lessons(lesson="13")
    assert "1.87" not in told(app) and "open when you have guessed" in told(app)
    app = clean(app.toggle(key="open-13").set_value(True).run())
    assert "1.87" in told(app) and "**Look for:**" in told(app) and len(app.metric) == 1


@pytest.mark.parametrize("number", LESSONS)
def test_every_lesson_opens_with_its_experiment_in_time(number: int) -> None:
    app = opened(number)
    assert f"# {number} · " in told(app) and "<!--" not in told(app)
    assert drawn(app) >= 1, "nothing to look at"
    began = time.perf_counter()
    opened(number)  # another visitor: what all share is there
    assert time.perf_counter() - began < 1.5 * 2  # two runs of the page
    for chart in app.get("plotly_chart"):
        assert chart.proto.alt, "a chart without words"


def drawn(app: AppTest) -> int:
    """How many tables, charts and diagrams a page shows."""
    diagrams = [one for one in app.get("bidi_component") if one.proto.component_name == "nanoscope_diagram"]
    return len(app.dataframe) + len(app.get("plotly_chart")) + len(diagrams)


def guess(app: AppTest, question: Question, answer: object) -> AppTest:
    """Answer a question as a visitor does."""
    key = f"guess-{question.name}"
    if question.kind == "choices":
        app.radio(key=key).set_value(answer)
    else:
        steps = round((float(str(answer)) - question.low) / question.step)
        app.slider(key=key).set_value(question.low + steps * question.step)
    return clean(app.button(key=f"reveal-{question.name}").click().run())


@pytest.mark.parametrize("number", LESSONS)
def test_right_guesses_are_counted_and_open_the_experiment(number: int) -> None:
    app = lessons(lesson=str(number))
    for question in catalogue.of(number):
        if question.name == "faster":
            app = guess(app, question, question.choices[0])
            continue
        app = guess(app, question, question.answer())
        assert any(message.value.startswith("Right.") for message in app.success)
    found = app.session_state["lesson-verdicts"]
    assert len(found) == len(catalogue.of(number))
    assert f"**{sum(v.right for v in found.values())} of {len(found)}** guessed right" in told(app)
    assert not app.toggle and drawn(app) >= 1


def test_a_wrong_guess_reveals_the_answer_and_counts_once() -> None:
    app = lessons(lesson="5")
    app = guess(app, catalogue.question("cost"), "fewer")
    assert "Not this time. It has the same" in told(app) and "**0 of 1** guessed right" in told(app)
    assert not [radio for radio in app.radio if radio.key == "guess-cost"]


def test_without_a_choice_nothing_is_revealed() -> None:
    app = lessons(lesson="5")
    app = clean(app.button(key="reveal-cost").click().run())
    assert "Choose an answer first." in told(app) and not app.session_state["lesson-verdicts"]


def test_back_and_next_walk_the_whole_list() -> None:
    app = lessons(lesson="13")
    for where, title in (("14", "# 14 · "), ("all", "# All rungs, one prompt"), ("glossary", "# Glossary")):
        app = clean(app.button(key="lesson-next").click().run())
        assert place(app) == where and title in told(app)
    assert app.button(key="lesson-next").disabled
    app = clean(app.button(key="lesson-back").click().run())
    assert place(app) == "all"
    app = clean(app.selectbox(key="lesson").set_value("2").run())
    assert "# 2 · " in told(app)


def test_a_wild_link_opens_the_first_lesson() -> None:
    for wild in ("99", "../etc", "", "NaN"):
        assert "# 1 · " in told(lessons(lesson=wild))


def test_what_changed_and_the_code_are_the_program_s() -> None:
    app = lessons(lesson="7")
    app.session_state["What changed-7"] = True
    app.session_state["The code that matters-7"] = True
    app.session_state["How it learned-7"] = True
    app = clean(app.run())
    before, now = named("mlp").model, named("residual").model
    assert before and now
    table = app.dataframe[0].value
    assert [tuple(row) for row in table.itertuples(index=False)] == [
        (field, str(old), str(new)) for field, (old, new) in difference(before, now).items()
    ]
    assert any("self.config.residual" in code.value for code in app.code)
    curve = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert {line["name"] for line in curve["data"]} == {"training", "validation"}


def test_all_rungs_read_what_is_typed() -> None:
    app = lessons(lesson="all")
    table = app.dataframe[0].value
    assert list(table["rung"])[0] == "2 · The bigram" and len(table) == 13
    again = clean(app.text_input(key="lesson-prompt").set_value("KING RICHARD II").run()).dataframe[0].value
    assert list(again["likeliest next"]) != list(table["likeliest next"])
    silent = clean(app.text_input(key="lesson-prompt").set_value("日本").run())
    assert "no character that the model knows" in told(silent)


def test_the_glossary_finds_terms() -> None:
    app = lessons(lesson="glossary")
    assert len(app.dataframe[0].value) >= 40
    app = clean(app.text_input(key="lesson-word").set_value("softmax").run())
    assert 1 <= len(app.dataframe[0].value) < 10
    app = clean(app.text_input(key="lesson-word").set_value("zzz").run())
    assert not app.dataframe and "No term has that in it" in told(app)


def test_training_a_rung_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own recipe, on a text that is there without a download; whatever is wrong is said in a sentence."""
    asked_for = []

    def create(config: GPTConfig, train: TrainConfig, corpus: str, *rest: object, **more: object) -> str:
        asked_for.append((config, train, corpus))
        raise RunError("There is no room for another run.")

    monkeypatch.setattr(control, "create", create)
    app = lessons(lesson="5")
    app.session_state["How it learned-5"] = True
    clean(app.run())
    clean(app.button(key="again-heads").click().run())
    rung = named("heads")
    assert asked_for == [(rung.model, rung.train, "shakespeare")]
    assert any("no room" in warning.value for warning in app.warning)
