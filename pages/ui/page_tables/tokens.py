"""The numbers of the page Tokens as tables."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gpt.figures.glyphs import named
from gpt.lessons import vocabularies
from gpt.tokenizers import bytes_of
from pages.ui import tables
from pages.ui.derived import tokens, vocabulary
from pages.ui.state.reading import Reading

Table = tuple[pd.DataFrame, str]


def draw(seen: Reading) -> None:
    """The text alternative of the page's pictures."""
    found = every(seen)
    tabs = st.tabs([name.capitalize() for name in found])
    for tab, (name, (table, sentence)) in zip(tabs, found.items(), strict=True):
        with tab:
            tables.show(table, name.replace(" ", "-"), sentence)


def every(seen: Reading) -> dict[str, Table]:
    """Name -> table and sentence; merges only once they are learned."""
    found = {"ids": ids(seen), "vocabulary": entries(seen)}
    work = tokens.pairs(seen.inputs.model)
    if work.result is not None:
        found["merges"] = merges(work.result)
    return found | {"vocabulary sizes": sizes()}


def ids(seen: Reading) -> Table:
    """The prompt."""
    table = pd.DataFrame(
        {
            "token": [named(token) for token in seen.tokens],
            "id": seen.ids,
            "UTF-8": [bytes_of(seen.checkpoint.tokenizer, i).hex(" ") for i in seen.ids],
        },
        index=pd.RangeIndex(1, len(seen.ids) + 1, name="place"),
    )
    return table, "The prompt as the model is given it; places count from 1, ids from 0."


def entries(seen: Reading) -> Table:
    """The whole vocabulary."""
    rows = vocabulary.entries(seen.inputs.model)
    table = pd.DataFrame(
        {
            "id": [row.id for row in rows],
            "token": [named(row.token) for row in rows],
            "kind": [row.kind for row in rows],
            "count": [row.count for row in rows],
            "rank": [row.rank for row in rows],
            "share": [row.share for row in rows],
        }
    ).set_index("id")
    return table, "Every token of this model, and how often it stands in the text that it learned from."


def merges(found: tokens.Paired) -> Table:
    """Every merge, and how long the text is after it."""
    each, pieces = found.merges, found.merges.tokenizer.tokens
    table = pd.DataFrame(
        {
            "left": [named(pieces[left]) for left, _ in each.tokenizer.merges],
            "right": [named(pieces[right]) for _, right in each.tokenizer.merges],
            "makes": [named(pieces[i]) for i in each.made],
            "entries": each.sizes[1:],
            "tokens": found.lengths[1:],
        },
        index=pd.RangeIndex(1, each.count + 1, name="merge"),
    )
    return table, f"The merges in their order, and how many tokens {found.title} has after each."


def sizes() -> Table:
    """Models trained alike, a row each size and seed."""
    rows = [
        {"kind": row.kind, "entries": row.size, "parameters": row.parameters, "steps": row.steps,
         "seed": seed, "bits a character": bits}
        for row in vocabularies.recorded()
        for seed, bits in zip(vocabularies.SEEDS, row.bits, strict=True)
    ]  # fmt: skip
    said = f"Models that differ in their vocabulary alone, each after reading {vocabularies.READ:,} characters."
    return pd.DataFrame(rows), said
