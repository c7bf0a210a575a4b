"""Inside one part of the whole model: where one is, the way back up, and the page that is about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.board.panel import Panel
from pages.ui.state.reading import Reading

# What can be looked into, and the page about it.
PAGES = {"head": "attention"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Dive(Panel):
    """The crumbs, the model first. It tells `dive` as `choice`, and lets go of the chosen number as `view`."""

    name = "dive"
    crumbs: Sequence[tuple[str, str]]  # what each is called, and where it leads: "" up to the model; else it stays
    page: str
    sentence: str


def kind(seen: Reading) -> str:
    """What is looked into: what was chosen, if this model has it and there is a text."""
    dive = seen.inputs.whole.dive
    return dive if dive == "head" and seen.config.n_layer and seen.trace is not None else ""


def panel(seen: Reading) -> Dive:
    """The way into the chosen head, down to the number that is worked out."""
    chosen = seen.inputs
    crumbs = [("The model", ""), (f"Block {chosen.layer + 1}, head {chosen.head + 1}", "head")]
    sentence = "From what the head reads to what it hands on. Click a number to see the sum behind it."
    if chosen.cell is not None:
        stage, row, column = chosen.cell
        crumbs.append((f"{stage} {row + 1}, {column + 1}", "cell"))
        sentence = "One number of the head, down to its operands."
    return Dive(crumbs=crumbs, page=PAGES["head"], sentence=sentence)
