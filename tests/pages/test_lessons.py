"""The lessons without a browser: every lesson opens, asks, reveals, and its link restores what one sees."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from gpt.config import GPTConfig, TrainConfig
from gpt.lessons import RUNGS, difference, named, numbered
from gpt.lessons.quiz import catalogue
from gpt.lessons.quiz.question import UNKNOWN, Question
from gpt.runs import RunError, control
from tests.support.visitor import clean, only_bundled, pictures, proto, tables, visit

LESSONS = [rung.number for rung in RUNGS]


@pytest.fixture(scope="module", autouse=True)
def without_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only the models that come with the app."""
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def lessons(**link: str) -> AppTest:
    """A new visitor who opens the lessons first."""
    return visit("pages/learn/lessons.py", **link)


def opened(number: int, **link: str) -> AppTest:
    """A visitor in front of a lesson's experiment, without a guess."""
    return lessons(lesson=str(number), open="1", **link)


def link(app: AppTest) -> dict[str, str]:
    """The parameters that the page puts into the address."""
    return json.loads(proto(app, "link").json)["link"]


def told(app: AppTest) -> str:
    """All text of the page."""
    return "\n".join(element.value for element in [*app.markdown, *app.info, *app.success, *app.code])


def drawn(app: AppTest) -> int:
    """How many tables, charts and diagrams a page shows."""
    diagrams = [one for one in app.get("bidi_component") if one.proto.component_name == "nanoscope_diagram"]
    return len(tables(app)) + len(app.dataframe) + len(pictures(app)) + len(diagrams)


def guess(app: AppTest, question: Question, answer: object) -> AppTest:
    """Answer a question as a visitor does."""
    if answer == UNKNOWN:
        return clean(app.button(key=f"unknown-{question.name}").click().run())
    key = f"guess-{question.name}"
    if question.kind == "choices":
        app.radio(key=key).set_value(answer)
    else:
        steps = round((float(str(answer)) - question.low) / question.step)
        app.slider(key=key).set_value(question.low + steps * question.step)
    return clean(app.button(key=f"reveal-{question.name}").click().run())


# ---- reading and guessing


def test_the_first_visit_opens_the_first_lesson_and_the_link_says_so() -> None:
    app = lessons()
    assert "# 1 · Text to numbers" in told(app) and link(app) == {"lesson": "1"}
    assert app.button(key="lesson-back").disabled and not app.button(key="lesson-next").disabled
    assert not pictures(app) and "No guess yet" in told(app)
    assert "**Look for:**" not in told(app)  # nothing is given away


def test_what_may_be_read_before_guessing_gives_no_answer_away() -> None:
    app = lessons(lesson="13")
    assert "1.87" not in told(app) and "open when you have guessed" in told(app)
    app = clean(app.toggle(key="lesson-open").set_value(True).run())
    assert "1.87" in told(app) and "**Look for:**" in told(app)


@pytest.mark.parametrize("number", LESSONS)
def test_every_lesson_opens_with_its_experiment_in_time(number: int) -> None:
    app = opened(number)
    assert f"# {number} · " in told(app) and "<!--" not in told(app)
    assert drawn(app) >= 1, "nothing to look at"
    began = time.perf_counter()
    opened(number)  # another visitor: what all share is there
    assert time.perf_counter() - began < 1.5 * 2
    for _, picture in pictures(app):
        assert picture["alt"], "a picture without words"


@pytest.mark.parametrize("number", LESSONS)
def test_right_guesses_are_counted_and_open_the_experiment(number: int) -> None:
    app = lessons(lesson=str(number))
    for question in catalogue.of(number):
        app = guess(app, question, question.choices[0] if question.name == "faster" else question.answer())
        if question.name != "faster":  # a stopwatch
            assert "**Right; you said " in told(app).replace("\\", "")
    found = app.session_state["lesson-verdicts"]
    assert len(found) == len(catalogue.of(number))
    assert f"**{sum(v.right for v in found.values())} of {len(found)}** guessed right" in told(app)
    assert drawn(app) >= 1 and "**Look for:**" in told(app)


def test_a_wrong_guess_is_folded_with_what_was_said_and_counts_once() -> None:
    app = guess(lessons(lesson="5"), catalogue.question("cost"), "fewer")
    words = told(app).replace("\\", "")
    assert "**Not this time; you said “fewer”.** It has the same" in words and "**0 of 1** guessed right" in words
    assert not [radio for radio in app.radio if radio.key == "guess-cost"] and drawn(app) >= 1
    assert [panel.proto.expanded for panel in app.expander if panel.label == "The question"] == [False]


def test_an_untouched_slider_is_no_guess() -> None:
    app = lessons(lesson="1")
    app = clean(app.button(key="reveal-alphabet").click().run())
    assert "The slider has not moved" in told(app) and not app.session_state["lesson-verdicts"]
    app = clean(app.button(key="reveal-window").click().run())
    assert "Choose an answer first" in told(app) and not app.session_state["lesson-verdicts"]


def test_who_does_not_know_is_told_and_counts_neither_way() -> None:
    app = guess(lessons(lesson="10"), catalogue.question("tenfold"), UNKNOWN)
    assert "**You did not know.**" in told(app).replace("\\", "") and "No guess yet" in told(app)
    assert drawn(app) >= 1, "the experiment opens all the same"


def test_no_guessing_is_said_once_for_all_lessons() -> None:
    app = lessons(lesson="4")
    app = clean(app.toggle(key="lesson-open").set_value(True).run())
    for number in (5, 6, 7):
        app = clean(app.button(key="lesson-next").click().run())
        assert f"# {number} · " in told(app) and "**Look for:**" in told(app)
    assert link(app) == {"lesson": "7", "open": "1"}


# ---- the link


def test_the_link_restores_guesses_and_score() -> None:
    app = lessons(lesson="1")
    app = guess(app, catalogue.question("alphabet"), 60)
    app = guess(app, catalogue.question("window"), "7")
    app = clean(app.button(key="lesson-next").click().run())
    app = guess(app, catalogue.question("fresh"), UNKNOWN)
    assert link(app) == {"lesson": "2", "said": "alphabet.60~window.2~fresh.?"}
    again = lessons(**link(app))
    assert "**1 of 2** guessed right" in told(again) and link(again) == link(app)
    again = clean(again.button(key="lesson-back").click().run())
    assert "you said 60" in told(again) and "you said “7”" in told(again).replace("\\", "")


def test_the_link_restores_own_text_and_what_is_turned() -> None:
    app = opened(4)
    app.text_input(key="lesson-text").set_value("KING:\\nMy lord")
    app = clean(app.run())
    app = clean(app.slider(key="lesson-turn-4").set_value(2.5).run())
    wanted = {"lesson": "4", "open": "1", "text": "KING:\nMy lord", "turn": "2.5"}
    assert link(app) == wanted
    again = opened(4, text="KING:\nMy lord", turn="2.5")
    assert again.text_input(key="lesson-text").value == "KING:\\nMy lord" and link(again) == wanted
    assert pictures(again)[0] == pictures(app)[0]


def test_a_choice_is_restored_too() -> None:
    app = opened(5, turn="2.3")
    assert app.selectbox(key="lesson-turn-5").value == "2.3" and link(app)["turn"] == "2.3"


WILD = ["99", "../etc", "", "NaN", "9" * 400]


@pytest.mark.parametrize("wild", WILD)
def test_a_wild_link_opens_the_first_lesson(wild: str) -> None:
    assert "# 1 · " in told(lessons(lesson=wild))


@pytest.mark.parametrize("wild", [*WILD, "inf", "-1e308", "1.1", "nothing", "<b>"])
def test_a_wild_turn_or_guess_is_left_out(wild: str) -> None:
    for number in (4, 5, 11):
        app = opened(number, turn=wild)
        assert drawn(app) >= 1
    app = lessons(lesson="1", said=f"alphabet.{wild}~{wild}.3~window.{wild}~row.2~fresh.4")
    assert "row" in app.session_state["lesson-verdicts"] or wild == "row"
    assert "fresh" not in app.session_state["lesson-verdicts"]


def test_back_and_next_walk_the_whole_list() -> None:
    app = lessons(lesson="13")
    for where, title in (("14", "# 14 · "), ("all", "# All rungs, one prompt"), ("glossary", "# Glossary")):
        app = clean(app.button(key="lesson-next").click().run())
        assert link(app)["lesson"] == where and title in told(app)
    assert app.button(key="lesson-next").disabled
    app = clean(app.button(key="lesson-back").click().run())
    assert link(app)["lesson"] == "all"
    app = clean(app.selectbox(key="lesson").set_value("2").run())
    assert "# 2 · " in told(app)


# ---- what stands below the text


@pytest.mark.parametrize("number", LESSONS)
def test_the_lecture_is_named_once_where_it_is_spoken_of(number: int) -> None:
    words = told(opened(number)).replace("\\", "")
    assert words.count("A. Karpathy") == ("the lecture" in words.lower())


@pytest.mark.parametrize("number", [4, 6, 8, 12])
def test_losses_are_told_with_their_seeds_and_the_published_with_size_and_source(number: int) -> None:
    app, rung = opened(number), numbered(number)
    words = told(app).replace("\\", "")
    assert not app.metric, "no arrows, no praise: neighbours of other sizes are no race"
    assert words.count(" · ") >= 2 and "trained with three seeds" in words
    if rung.published:
        assert rung.published.size.replace("-", "") in words.replace("-", "") and f"{rung.published.loss:.2f}" in words
        assert "learners' runs of the lecture's code" in words
    if number == 12:
        assert "the answers stand in the window" in words


PAGES = ["Attention", "the Timeline", "the Playground"]
LEADS = [(number, f"lesson-{number}", page) for number in (2, 5) for page in PAGES]
LEADS += [(10, "shakespeare", page) for page in PAGES if page != "the Timeline"]  # which has no past to look at


@pytest.mark.parametrize(("number", "model", "page"), LEADS)
def test_each_lesson_leads_to_its_model_on_the_other_pages(number: int, model: str, page: str) -> None:
    app = opened(number, text="KING:\nMy lord")
    app = clean(app.button(key=f"see-{page}").click().run())
    inputs = app.session_state["inputs"]
    assert (inputs.model, inputs.text) == (model, "KING:\nMy lord")
    assert inputs.step == inputs.shelved.steps[-1]
    assert proto(app, "prompt") and not [button for button in app.button if button.key == "lesson-back"]


def test_lesson_one_has_no_model_to_see() -> None:
    assert not [button for button in opened(1).button if str(button.key).startswith("see-")]


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
    curve = dict(pictures(app))["learned-residual"]
    assert {line["name"] for line in curve["series"]} == {"training", "validation"}


def test_all_rungs_read_what_is_typed() -> None:
    app = lessons(lesson="all")
    table = tables(app)[0]
    assert table[0]["rung"] == "2 · The bigram" and len(table) == 13
    again = clean(app.text_input(key="lesson-text").set_value("KING RICHARD II").run())
    assert [row["likeliest next"] for row in tables(again)[0]] != [row["likeliest next"] for row in table]
    silent = clean(app.text_input(key="lesson-text").set_value("日本").run())
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
