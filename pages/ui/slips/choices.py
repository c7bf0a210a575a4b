"""What a visitor has chosen among the slips: read from the link once a session, and told to it with every change.

The link holds the open slip, what is turned in it, the guesses, and whether to guess at all.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from gpt.lessons.slips.museum import BY_KEY, SLIPS
from gpt.lessons.slips.slip import Slip
from pages.ui.state import session

ALL = "all"
PLACES = (*BY_KEY, ALL)  # in the order of the list
PLACE, OPEN, SAID = "slip", "slip-open", "slip-said"  # keys of the session
GUESSES = ("A", "B", "?")  # "?": does not know


def restore() -> None:
    """The link's choices, on the first call of a session; what is unknown is as it is at the start."""
    if session.recall(PLACE) is not None:
        return
    link = session.link()
    place = link.get("slip", "")
    session.remember(PLACE, place if place in PLACES else PLACES[0])
    session.remember(OPEN, link.get("open") == "1")
    session.remember(SAID, guesses(link.get("said", "")))
    if place in BY_KEY:
        for turn, word in zip(BY_KEY[place].turns, link.get("turn", "")[:100].split("."), strict=False):
            if word.isdecimal() and int(word) < len(turn.options):
                session.remember(turn_key(place, turn.key), turn.options[int(word)])


def place() -> str:
    """The open slip, or the table of all."""
    restore()
    return str(session.recall(PLACE))


def go(steps: int) -> None:
    """Another slip, so many further on the list."""
    at = PLACES.index(place()) + steps
    session.remember(PLACE, PLACES[max(0, min(len(PLACES) - 1, at))])


def guesses(word: str) -> dict[str, str]:
    """The guesses of a link: "sign.A~width.?"; what is none is left out."""
    pairs = [part.partition(".") for part in word[:1_000].split("~")]
    return {key: said for key, _, said in pairs if key in BY_KEY and said in GUESSES}


def said() -> Mapping[str, str]:
    """What this visit has guessed so far, by slip; the first guess counts."""
    restore()
    return session.recall(SAID)


def guess(key: str, word: str) -> None:
    """Keep a first guess."""
    session.remember(SAID, {key: word, **said()})


def told(key: str) -> bool:
    """Whether it may be told which of the two is broken."""
    return key in said() or bool(session.recall(OPEN))


def broken(key: str) -> str:
    """Which of the two, A or B, is broken: as good as drawn, and for everyone the same."""
    return GUESSES[zlib.crc32(key.encode()) % 2]


def right() -> tuple[int, int]:
    """How many were guessed right, of how many; who did not know counts neither way."""
    known = {key: word for key, word in said().items() if word != "?"}
    return sum(word == broken(key) for key, word in known.items()), len(known)


def turn_key(slip: str, turn: str) -> str:
    """The session's key of what is turned in a slip."""
    return f"slip-turn-{slip}-{turn}"


def turned(slip: Slip) -> dict[str, str]:
    """What is turned in a slip."""
    return slip.fit({turn.key: str(session.recall(turn_key(slip.key, turn.key), "")) for turn in slip.turns})


def link() -> dict[str, str]:
    """The parameters that restore these choices."""
    where, found = place(), {"slip": place()}
    if session.recall(OPEN):
        found["open"] = "1"
    if said():
        found["said"] = "~".join(f"{key}.{word}" for key, word in said().items())
    if where in BY_KEY:
        slip = BY_KEY[where]
        words = turned(slip)
        at = [turn.options.index(words[turn.key]) for turn in slip.turns]
        if any(at):
            found["turn"] = ".".join(map(str, at))
    return found


__all__ = ["ALL", "PLACES", "SLIPS"]
