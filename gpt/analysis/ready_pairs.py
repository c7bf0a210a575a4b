"""Pairs of prompts on which activation patching has something to show, in the models that come with the app.

What each says was found by running it; a test runs it again, on this pair and on others of its kind.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ready:
    """Two prompts of one length, the model that reads them, and what the grids show then."""

    key: str  # in the words of a link
    model: str
    a: str
    b: str
    title: str
    shows: str  # a sentence; layers, heads and tokens count from 1
    site: str = "resid_pre"  # that is worth to look at, beside the heads


READY = (
    Ready(
        "copied",
        "copy",
        "\ngacbdeh|gac",
        "\ngacfdeh|gac",
        "copy: one letter changed",
        "Only head 2.1 brings the new letter over, nearly all of it: the head that copies, found by the grid alone.",
    ),
    Ready(
        "places",
        "copy",
        "\nbcfehg|bc",
        "\nbefchg|bc",
        "copy: two letters change places",
        "What follows the “c” is another letter now, and two heads tell so: 2.1, which copies, and 1.2 before it, "
        "which tells each token what stood before.",
        "attn_out",
    ),
    Ready(
        "name",
        "shakespeare",
        "MENENIUS:\nGood morrow.\n\nME",
        "MERCUTIO:\nGood morrow.\n\nME",
        "shakespeare: a name read off above",
        "One head, 6.4, brings nearly all of the other name's next letter over. Of the tokens, not that letter, the "
        "third, brings most, but the seventh.",
    ),
    Ready(
        "back",
        "shakespeare",
        "My lord, thou sha",
        "My lord, thou wha",
        "shakespeare: a letter two back",
        "One head, 1.4, brings the letter over in the first layer; from the second on, its own stream hardly matters.",
    ),
    Ready(
        "smallest",
        "sort",
        "cab>",
        "cfb>",
        "sort: another smallest letter",
        "Of all heads 1.1, in the first layer, brings most over.",
    ),
    Ready(
        "needed",
        "sort",
        "\nbce>bc",
        "\nbcf>bc",
        "sort: needed is not carrying",
        "Head 2.2 brings most of the last letter over, 1.3 nothing; and yet this answer is lost without 1.3, as What "
        "matters shows.",
    ),
    Ready(
        "hear",
        "mini",
        "My lord, my hear",
        "My lord, my dear",
        "mini: hear or dear",
        "No head does it alone: layer by layer, what the letter tells goes over to the last token.",
    ),
)


def ready(model: str, a: str, b: str) -> Ready | None:
    """The ready pair that these are, if any."""
    return next((one for one in READY if (one.model, one.a, one.b) == (model, a, b)), None)
