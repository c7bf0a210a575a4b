"""The questions of a page: what cannot be a question is refused, and what is sent is what was asked."""

import pytest

from pages.ui.board.panels import guess
from pages.ui.board.panels.guess import Question


@pytest.mark.parametrize(("options", "right"), [(("a",), 0), (tuple("abcde"), 0), (("a", "a"), 0), (("a", "b"), 2)])
def test_what_is_no_question_is_refused(options: tuple[str, ...], right: int) -> None:
    with pytest.raises(ValueError, match="option"):
        Question("Which?", options, right, "It is.")


def test_the_card_holds_its_questions_and_waits_without_any() -> None:
    sent = guess.panel(Question("Which?", ("a", "b"), 1, "b, by 2.50."))
    assert sent.questions == [{"question": "Which?", "options": ("a", "b"), "right": 1, "explanation": "b, by 2.50."}]
    assert guess.panel().questions == [] and guess.panel().waiting.endswith(".")
