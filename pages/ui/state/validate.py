"""What a browser may send, kept within bounds; and text made fit to be shown."""

from __future__ import annotations

import re

from gpt.analysis.stage_names import STAGES

LIMIT = 2_000  # characters of a prompt
WRITE_LIMIT = 400  # tokens written on from it
MODES = ("head", "mean", "max")
TASKS = ("copy", "sort")  # texts made for one kind of model
TASK_EXAMPLES = (
    "gacbdeh|gac",  # for the model that copies
    "hgfedcba|",
    "cab>",  # and for the one that sorts
    "fed>d",
    "abcabcabc",
)
EXAMPLES = (
    "ROMEO:",
    "To be, or not to be",
    "First Citizen:\n",
    "JULIET:\nO Romeo, Romeo! wherefore art thou ",
    *TASK_EXAMPLES,
)
START = "JULIET:\nO Romeo, Romeo! wherefore art thou "


def clean(text: object, limit: int = LIMIT) -> str:
    """Text as the engine takes it: no lone surrogates (they cannot travel back to the browser), bounded length."""
    return str(text).replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")[:limit]


def plain(text: str) -> str:
    """Text that Streamlit's Markdown shows as it is: nothing in it becomes a picture, a link or a formula.

    Addresses become links whatever stands before their characters; only an invisible joiner inside keeps them text.
    """
    parted = re.sub(r"(://|www(?=\.)|(?=@))", "\\1\u2060", text, flags=re.IGNORECASE)
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])", r"\\\1", parted)


def whole(value: object, low: int, high: int, default: int) -> int:
    """A whole number from a browser, kept within bounds; the default if it is none."""
    try:
        number = int(str(value)[:20])
    except ValueError:
        return default
    return max(low, min(high, number))


def cell_of(stage: object, row: object, column: object) -> tuple[str, int, int] | None:
    """A cell from a browser, or None if there can be none."""
    return (str(stage), whole(row, 0, LIMIT, 0), whole(column, 0, LIMIT, 0)) if stage in STAGES else None
