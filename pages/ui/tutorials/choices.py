"""What a visitor has chosen among the listings: read from the link once a session, and told to it with every change.

The link holds the listing, and what is turned in it: `?listing=lecture-batch&turn-seed=1`.
"""

from __future__ import annotations

from gpt.lessons.tutorials.listing import ROADS, Listing
from gpt.lessons.tutorials.table import BY_KEY, LISTINGS
from pages.ui.state import session

OVERVIEW = "overview"  # in the place of a listing, and of a road
PLACES = (*(one.key for one in LISTINGS), OVERVIEW)  # in the order in which one walks them
PLACE, ROAD, NOTICE = "listing", "listing-road", "listing-notice"  # keys of the session
ROADS_HERE = (*(road for road in ROADS if any(one.road == road for one in LISTINGS)), OVERVIEW)


def restore() -> None:
    """The link's choices, on the first call of a session."""
    if session.recall(PLACE) is not None:
        return
    link = session.link()
    place = link.get("listing", PLACES[0])
    if place not in PLACES:
        first = BY_KEY[PLACES[0]].title if LISTINGS else "the overview"
        session.remember(NOTICE, f"The link's listing is not one of the {len(LISTINGS)} here; showing “{first}”.")
        place = PLACES[0]
    session.remember(PLACE, place)
    if place in BY_KEY:
        for turn in BY_KEY[place].turns:
            session.remember(turn_key(place, turn.key), turn.fit(link.get(f"turn-{turn.key}")))


def place() -> str:
    """The key of the open listing, or OVERVIEW."""
    restore()
    return str(session.recall(PLACE))


def notice() -> str:
    """What to say of a link that named no listing, until another one is chosen."""
    return str(session.recall(NOTICE, ""))


def go(steps: int) -> None:
    """Another place, so many further on."""
    at = PLACES.index(place()) + steps
    choose(PLACES[max(0, min(len(PLACES) - 1, at))])


def choose(place: str) -> None:
    """This place from now on."""
    session.forget(NOTICE)
    session.remember(PLACE, place)


def road_changed() -> None:
    """A road begins at its first listing."""
    road = session.recall(ROAD)
    choose(next((one.key for one in LISTINGS if one.road == road), OVERVIEW))


def road() -> str:
    """The road of the open listing, or OVERVIEW."""
    here = place()
    return BY_KEY[here].road if here in BY_KEY else OVERVIEW


def turn_key(place: str, turn: str) -> str:
    """The session's key of one thing to turn."""
    return f"listing-turn-{place}-{turn}"


def turned(listing: Listing) -> dict[str, str]:
    """What is turned in a listing: only what is not as the tutorial has it."""
    found = {turn.key: turn.fit(session.recall(turn_key(listing.key, turn.key))) for turn in listing.turns}
    return {turn.key: found[turn.key] for turn in listing.turns if found[turn.key] != turn.options[0]}


def link() -> dict[str, str]:
    """The parameters that restore these choices."""
    here = place()
    found = {"listing": here}
    if here in BY_KEY:
        found |= {f"turn-{key}": option for key, option in turned(BY_KEY[here]).items()}
    return found
