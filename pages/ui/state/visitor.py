"""Who is visiting, and which run they look at in the studio."""

from __future__ import annotations

import hmac
import os
import re
import time
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace

from pages.ui.state import session
from pages.ui.state.validate import whole

DOUBLE = 10.0  # seconds in which the same request once more is a double click, however slow the server
OWNER, OWNER_TOKEN = "owner-word", "owner"  # the keys of the component that tells the token, and of what is known
RUNS, PICKED, NOTICE = "runs", "runs-picked", "runs-notice"  # the key of the table, of what it told, of what to say
MOST_OVER = 20  # runs laid over each other


def owner() -> str:
    """This browser's token, which it keeps; until it has told it, one for this session."""
    if session.recall(OWNER_TOKEN) is None:
        session.remember(OWNER_TOKEN, uuid.uuid4().hex)
    return session.recall(OWNER_TOKEN)


def owner_changed() -> None:
    """The browser told its token."""
    token = session.component_value(OWNER, "token")
    if isinstance(token, str) and re.fullmatch(r"[a-z0-9]{16,40}", token):
        session.remember(OWNER_TOKEN, token)


def is_teacher() -> bool:
    """Whether the teacher's code (NANOSCOPE_TEACHER of the server) was typed in this session."""
    code = os.environ.get("NANOSCOPE_TEACHER", "")
    typed = str(session.recall("teacher-code", ""))
    return bool(code) and hmac.compare_digest(code.encode(), typed.encode("utf-8", "replace"))


def request(what: object) -> str:
    """A word for one request. The second click of a double click has the same, even if the page is redrawn by then."""
    last, now = session.recall("request"), time.monotonic()
    if not last or last[0] != what or now - last[1] > DOUBLE:
        last = (what, now, uuid.uuid4().hex)
        session.remember("request", last)
    return last[2]


@dataclass(frozen=True)
class Picked:
    """Which run the studio shows, which are laid over it, and the latest choice of the browser that was heard."""

    run: str = ""  # none yet: the newest
    over: tuple[str, ...] = ()
    ack: int = 0


def picked() -> Picked:
    """What this visitor looks at in the studio."""
    return session.recall(PICKED, Picked())


def choose_run(run: str) -> None:
    """Show this run in the studio; "" is the newest."""
    session.remember(PICKED, replace(picked(), run=run))
    session.forget(NOTICE)


def run_picked() -> None:
    """Another row of the table was clicked, or another box: ids, which may belong to nothing any more."""
    value = session.component_value(RUNS, "picked")
    if not isinstance(value, dict) or not isinstance(value.get("over"), list):
        return
    run, *over = [str(run)[:40] for run in (value.get("run"), *value["over"][:MOST_OVER])]
    session.remember(PICKED, Picked(run, tuple(over), whole(value.get("n"), 0, 10**9, 0)))
    session.forget(NOTICE)


def chosen_run(known: Collection[str]) -> str:
    """The run that the studio shows: the one chosen, else the newest, which then stays chosen whoever adds another."""
    if picked().run not in known:
        session.remember(PICKED, replace(picked(), run=next(iter(known))))
    return picked().run


def tell(sentence: str) -> None:
    """Say in the studio what was done, until another run is chosen."""
    session.remember(NOTICE, sentence)


def told() -> str:
    """What is to be said, or nothing."""
    return session.recall(NOTICE, "")
