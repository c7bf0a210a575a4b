"""Every page about a part with a whole context of tokens of several characters; the other light on each size."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.driver import Driver
from tests.browser.test_access import STICKING_OUT, serious

Visit = Callable[..., Driver]
PAGES = ("model", "tokens", "embeddings", "layernorm", "mlp", "residual")
TEXT = "ROMEO:\nBut soft, what light through yonder window breaks? It is the east, é 🙂 and Juliet is the sun.\n" * 5


def sticking_out(page: Driver) -> list[str]:
    """What is wider than the page; a grid may scroll in its own card."""
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    inside = page.page.evaluate(STICKING_OUT)
    return [one for one in inside if not (page.page.url.split("?")[0].endswith("/residual") and one == "CANVAS.")]


@pytest.mark.parametrize("path", PAGES)
def test_byte_pairs_fill_the_context_in_either_light(visit: Visit, path: str) -> None:
    """128 tokens in the dark on a screen, then in the light on a phone; one token; none: nothing sticks out."""
    page = visit(f"model=shakespeare-bpe&prompt={quote(TEXT)}", dark=True, page=path)
    assert serious(page) == [] and sticking_out(page) == []
    page.dress(390, 844, dark=False)
    assert serious(page) == [] and sticking_out(page) == []
    for text in (" the", ""):
        page.box.fill(text)
        page.settled()
    expect(page.box).to_have_value("")
    assert sticking_out(page) == []
