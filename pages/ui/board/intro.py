"""What a page shows, in one line: true of the chosen model, at the chosen step of its training."""

from __future__ import annotations

from gpt import corpora
from pages.ui import cache
from pages.ui.state.inputs import Inputs

TYPE = "Type: it guesses what comes next."
OWN = "has read “{title}” {way}"  # a text that is not on the shelf


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
    young = "" if chosen.step == chosen.shelved.steps[-1] else f", {chosen.step:,} steps so far"
    return f"A small network {practice}{young}. {TYPE}"
