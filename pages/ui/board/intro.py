"""What a page shows, in one line: true of the chosen model, at the chosen step of its training."""

from __future__ import annotations

from dataclasses import replace

from gpt import corpora
from pages.ui import cache
from pages.ui.state.inputs import Inputs

TYPE = "Type: it guesses what comes next."
OWN = "has read “{title}” {way}"  # a text that is not on the shelf


def whole(chosen: Inputs) -> str:
    """The line of a page that shows the whole training: it does not change with the step."""
    return sentence(replace(chosen, step=chosen.shelved.steps[-1]))


def sentence(chosen: Inputs) -> str:
    """The line, in plain text."""
    if chosen.step == 0:
        return f"A small network before its training: it has read nothing yet. {TYPE}"
    loaded = cache.model(chosen.model, chosen.step)
    corpus = str(loaded.record.get("corpus", ""))
    if not corpus:
        return f"A small network from a file. {TYPE}"
    way = "letter by letter" if all(len(token) == 1 for token in loaded.tokenizer.tokens) else "piece by piece"
    entry = corpora.SHELF.get(corpus)
    practice = entry.practice.format(way=way) if entry else OWN.format(title=corpus, way=way)
    count = f"{chosen.step:,} step" + ("" if chosen.step == 1 else "s")
    young = "" if chosen.step == chosen.shelved.steps[-1] else f", {count} so far"
    return f"A small network {practice}{young}. {TYPE}"
