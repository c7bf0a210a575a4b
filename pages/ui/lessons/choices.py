"""What a visitor has chosen in the lessons: read from the link once a session, and told to it with every change.

The link holds the open lesson, the own text, the guesses, whether to guess at all, and what is turned in this lesson.
"""

from __future__ import annotations

from collections.abc import Callable

from gpt.lessons import RUNGS
from gpt.lessons.facts import PROBE
from gpt.lessons.quiz import catalogue
from gpt.lessons.quiz.question import Verdict, judge, parse, write
from pages.ui.state import session, validate

ALL, WORDS = "all", "glossary"
PLACES = (*(str(rung.number) for rung in RUNGS), ALL, WORDS)  # in the order of the list
START, LIMIT = PROBE, 200  # the own text before anybody types, and how long it may be
PLACE, TEXT, OPEN, VERDICTS = "lesson", "lesson-text", "lesson-open", "lesson-verdicts"  # keys of the session


def restore() -> None:
    """The link's choices, on the first call of a session; what is unknown is as it is at the start."""
    if session.recall(PLACE) is not None:
        return
    link = session.link()
    place = link.get("lesson", PLACES[0])
    session.remember(PLACE, place if place in PLACES else PLACES[0])
    session.remember(TEXT, one_line(validate.clean(link.get("text", START), LIMIT)))
    session.remember(OPEN, link.get("open") == "1")
    session.remember(VERDICTS, guesses(link.get("said", "")))
    if "turn" in link:
        session.remember(turn_key(str(session.recall(PLACE))), link["turn"])


def place() -> str:
    """The open lesson, the list of all rungs, or the glossary."""
    restore()
    return str(session.recall(PLACE))


def go(steps: int) -> None:
    """Another lesson, so many further on the list."""
    at = PLACES.index(place()) + steps
    session.remember(PLACE, PLACES[max(0, min(len(PLACES) - 1, at))])


def own_text() -> str:
    """The visitor's text, cleaned; they type a new line as a backslash and an n."""
    return validate.clean(str(session.recall(TEXT) or "").replace("\\n", "\n"), LIMIT)


def one_line(text: str) -> str:
    """A text as it stands in the box, which has one line only."""
    return text.replace("\n", "\\n")


def opened() -> bool:
    """Whether this visitor wants to see everything without guessing."""
    return bool(session.recall(OPEN))


def verdicts() -> dict[str, Verdict]:
    """What this visit has guessed so far, by question; the first guess counts."""
    restore()
    return session.recall(VERDICTS)


def note_guess(question: str, verdict: Verdict) -> None:
    """Keep a first guess."""
    session.remember(VERDICTS, verdicts() | {question: verdicts().get(question, verdict)})


def guesses(word: str) -> dict[str, Verdict]:
    """The guesses of a link, judged anew: "alphabet.65~window.2"; what is none is left out."""
    found = {}
    for part in word[:2_000].split("~"):
        name, _, said = part.partition(".")
        try:
            question = catalogue.question(name)
            found[question.name] = judge(question, parse(question, said))
        except (ValueError, OSError):  # no such question or guess, or a text that is not on this computer
            continue
    return found


def turn_key(where: str) -> str:
    """The session's key of what is turned in a lesson."""
    return f"lesson-turn-{where}"


def link(start: Callable[[str], object]) -> dict[str, str]:
    """The parameters that restore these choices; `start` says what a lesson's control shows before it is turned."""
    where, said = place(), verdicts()
    found = {"lesson": where}
    if own_text() != START:
        found["text"] = own_text()
    if opened():
        found["open"] = "1"
    if said:
        words = [(name, write(catalogue.question(name), verdict.guess)) for name, verdict in said.items()]
        found["said"] = "~".join(f"{name}.{word}" for name, word in words)
    turned = session.recall(turn_key(where))
    if turned is not None and turned != start(where):
        found["turn"] = str(turned)
    return found
