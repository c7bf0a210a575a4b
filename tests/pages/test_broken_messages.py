"""What no component of ours would send: the message is ignored, and that visitor's next key works."""

from __future__ import annotations

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from pages.ui.server import DEEPEST, LONGEST, is_sane
from tests.support.visitor import clean, proto, type_in, visit

DEEP = 990
MESSAGES = {
    "not JSON": "{'a",
    "nothing": "",
    "half a message": '{"typed": {"text": "a"',
    "no object": "[1]",
    "a string": '"x"',
    "brackets": "[" * DEEP + "]" * DEEP,
    "objects": '{"typed":' * DEEP + "1" + "}" * DEEP,
    "a state that is nested": '{"typed":' + "[" * DEEP + "]" * DEEP + "}",
    "a number of 5,001 digits": '{"typed": {"text": "a", "n": ' + "9" * 5_001 + "}}",
    "a long message": '{"typed": {"text": "' + "a" * 200_000 + '"}}',
    "another state": '{"typing": {"text": "a"}}',
}


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)
def test_it_is_ignored(message: str) -> None:
    app = visit(prompt="before")
    states = app._tree.get_widget_states()
    states.widgets.append(WidgetState(id=proto(app, "prompt").id, json_value=message))
    app = clean(app._run(states))
    assert app.session_state["inputs"].text == "before"
    assert type_in(app, "after", 7).session_state["inputs"].text == "after"


def test_another_widget_of_a_broken_kind() -> None:
    """A list of models that is told a table, and a file where none is asked for."""
    app = visit("pages/train/studio.py")
    for key, wrong in (("new-name", "bytes_value"), ("new-preset", "bytes_value"), ("bring-file", "json_value")):
        widget = next(one for one in all_widgets(app) if one.key == key)
        states = app._tree.get_widget_states()
        told = WidgetState(id=widget.proto.id)
        setattr(told, wrong, b"x" if wrong == "bytes_value" else "{")
        states.widgets.append(told)
        app = clean(app._run(states))


def all_widgets(app: AppTest) -> list:
    """The widgets of the studio that are told something else here."""
    return [*app.text_input, *app.get("button_group"), *app.get("file_uploader")]


def test_only_what_could_harm_is_too_deep_or_too_long() -> None:
    """A bracket in a text is no nesting."""
    assert is_sane('{"typed": {"text": "' + "[" * 1_000 + r"\"[[" + '", "n": 1}}')
    assert is_sane("[" * DEEPEST + "]" * DEEPEST) and not is_sane("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1))
    assert is_sane('"' + "a" * (LONGEST - 2) + '"') and not is_sane('"' + "a" * LONGEST + '"')
