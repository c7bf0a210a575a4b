"""What is filled in stays: on other pages, at another recipe, with a text of one's own; and every word says itself."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from gpt.config import TrainConfig
from gpt.presets import PRESETS
from gpt.runs import control
from tests.pages.test_studio import (
    MODEL,
    OTHER,
    PLAYGROUND,
    POEM,
    STUDIO,
    TRAIN,
    disabled,
    home,  # noqa: F401 - keeps every test in a folder of its own
    press,
    said,
    sent,
    studio,
    warned,
)
from tests.support.visitor import clean, proto, read_aloud


def away_and_back(app: AppTest) -> AppTest:
    """To the Playground and back."""
    clean(app.switch_page(PLAYGROUND).run())
    return clean(app.switch_page(STUDIO).run())


def test_the_form_survives_other_pages() -> None:
    """Numbers, words, switches, sliders, name, size and text; also those of the recipe that is not shown now."""
    app = studio()
    app.number_input(key="new-mini-n_layer").set_value(2)
    app.selectbox(key="new-mini-activation").set_value("relu")
    app.toggle(key="new-mini-causal").set_value(False)
    app.slider(key="new-mini-dropout").set_value(0.2)
    app.text_input(key="new-name").set_value("my try")
    app.selectbox(key="new-corpus").set_value("names")
    clean(app.run())
    before = sent(app, "diagram")
    app = away_and_back(app)
    assert sent(app, "diagram") == before
    assert app.text_input(key="new-name").value == "my try" and app.selectbox(key="new-corpus").value == "names"
    clean(app.segmented_control(key="new-preset").set_value("race").run())
    app = away_and_back(app)
    assert app.segmented_control(key="new-preset").value == "race" and sent(app, "diagram") != before
    clean(app.segmented_control(key="new-preset").set_value("mini").run())
    assert sent(app, "diagram") == before


def test_one_s_own_text_survives_other_pages() -> None:
    app = studio()
    app.selectbox(key="new-corpus").set_value("my own text").run()
    clean(app.text_area(key="new-paste").set_value(POEM).run())
    before = sent(app, "diagram")
    app = away_and_back(app)
    assert app.text_area(key="new-paste").value == POEM and sent(app, "diagram") == before
    assert not disabled(app)["new-start"]


def test_a_file_of_one_s_own_survives_other_pages() -> None:
    """Though its widget is empty then; it can be forgotten, and another takes its place."""
    app = studio()
    app.selectbox(key="new-corpus").set_value("my own text").run()
    clean(app.file_uploader(key="new-file").set_value(("a *poem*.txt", POEM.encode(), "text/plain")).run())
    before = sent(app, "diagram")
    app = away_and_back(app)
    assert sent(app, "diagram") == before and not disabled(app)["new-start"]
    assert f"{len(POEM):,} characters" in said(app) and "*poem*" not in said(app)
    clean(app.file_uploader(key="new-file").set_value(("b.txt", b"ab" * 2_000, "text/plain")).run())
    assert sent(app, "diagram")["before"][0]["text"] == "token vectors, 2 × 64" and "Still here" not in said(app)
    app = away_and_back(app)
    press(app, "new-forget")
    assert "paste a text" in warned(app) and "Still here" not in said(app)


def test_what_was_changed_in_a_recipe_is_said_and_can_be_undone() -> None:
    app = studio()
    assert "Changed in" not in said(app) and "new-reset" not in disabled(app)
    app.number_input(key="new-mini-n_layer").set_value(2)
    clean(app.toggle(key="new-mini-causal").set_value(False).run())
    assert "Changed in **mini**: n_layer 4 → 2, causal on → off." in read_aloud(said(app))
    press(app, "new-reset")
    assert "Changed in" not in said(app) and app.toggle(key="new-mini-causal").value is True
    assert app.number_input(key="new-mini-n_layer").value == 4


@pytest.mark.parametrize("name", PRESETS)
def test_a_recipe_says_what_it_is(name: str) -> None:
    app = studio()
    clean(app.segmented_control(key="new-preset").set_value(name).run())
    assert f"**{name}** · {PRESETS[name].description}" in said(app)


def test_words_explain_themselves_where_they_stand() -> None:
    """And what the lecture's models start with is said at the spread."""
    app = studio()
    for field, word in (("optimizer", "muon"), ("precision", "bf16"), ("head", "tied")):
        options = app.selectbox(key=f"new-mini-{field}").options
        assert [option for option in options if option.startswith(f"{word} · ") and len(option) > len(word) + 12]
    assert "in fewer steps" in app.selectbox(key="new-mini-optimizer").proto.help
    assert "0.1 at width 32" in TrainConfig.settings()["init_std"].help
    assert all(one.proto.help for kind in ("text_input", "selectbox", "segmented_control") for one in app.get(kind))


def test_start_is_the_one_filled_button_and_answers() -> None:
    app = studio()
    assert [button.key for button in app.button if button.proto.type == "primary"] == ["new-start"]
    app.text_input(key="new-name").set_value("<b>*mine*").run()
    press(app, "new-start")
    assert "Started: **\\<b\\>\\*mine\\*** is on top" in said(app)
    app.number_input(key="new-mini-steps").set_value(100)
    assert "Started" not in said(clean(app.run()))


def test_the_model_stands_where_the_runs_will_be() -> None:
    """In the right column while there is no run, below the form afterwards; never twice."""

    def place(app: AppTest) -> int:
        (found,) = [i for i, column in enumerate(app.columns) if column.weight > 0.3 and drawn(column)]
        return found

    def drawn(block: object) -> bool:
        elements = block.get("bidi_component")  # type: ignore[attr-defined]
        return any(one.proto.component_name == "nanoscope_diagram" for one in elements)

    app = studio()
    assert proto(app, "diagram")
    before = place(app)
    control.create(MODEL, TRAIN, "copy", "x", OTHER, "")
    assert place(clean(app.run())) < before
