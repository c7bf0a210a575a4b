"""Who is visiting, and which run they look at in the studio."""

from __future__ import annotations

import hmac
import os
import re
import time
import uuid
from collections.abc import Collection, Sequence

from pages.ui.state import session

DOUBLE = 10.0  # seconds in which the same request once more is a double click, however slow the server
OWNER, OWNER_TOKEN = "owner-word", "owner"  # the keys of the component that tells the token, and of what is known


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


def choose_run(run: str) -> None:
    """Show this run in the studio."""
    session.remember("run", run)


def chosen_run(known: Collection[str], ticked: Sequence[str]) -> str:
    """The run that the studio shows: the one just ticked, else the one shown before, else the newest."""
    fresh = [run for run in ticked if run not in session.recall("ticked", ())]
    session.remember("ticked", list(ticked))
    if fresh:
        choose_run(fresh[-1])
    if session.recall("run") not in known:
        choose_run(next(iter(known)))
    return session.recall("run")
