"""What the slips give, measured once for all visitors."""

from __future__ import annotations

from gpt.lessons.slips.museum import BY_KEY
from gpt.lessons.slips.slip import Effect
from pages.ui.shared import shared


@shared(128)
def effect(key: str, turned: tuple[tuple[str, str], ...] = ()) -> Effect:
    """Both lines of a slip, with what is turned."""
    return BY_KEY[key].effect(dict(turned))
