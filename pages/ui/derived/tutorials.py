"""What the listings of the tutorials give, found once for all visitors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pages.ui.derived.background import Work
from pages.ui.shared import shared

if TYPE_CHECKING:
    from gpt.lessons.tutorials.listing import Outcome

Turned = tuple[tuple[str, str], ...]  # the keys of what is turned, each with its option


@shared(512)
def outcome(key: str, turned: Turned = ()) -> Outcome:
    """What a listing gives, with what is turned."""
    from gpt.lessons.tutorials.table import BY_KEY

    return BY_KEY[key].outcome(dict(turned))


@shared(1)
def all_of_them() -> Work[tuple[Outcome, ...]]:
    """Every listing as the tutorials have it, in the order of the table: worked out while the page is there."""

    def job(tell: Callable[[float], None]) -> tuple[Outcome, ...]:
        from gpt.lessons.tutorials.listing import Outcome
        from gpt.lessons.tutorials.table import LISTINGS

        found = list[Outcome]()
        for listing in LISTINGS:
            found.append(outcome(listing.key))
            tell(len(found) / len(LISTINGS))
        return tuple(found)

    return Work(job)
