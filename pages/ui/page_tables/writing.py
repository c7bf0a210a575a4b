"""What is written from draws as tables: the branches of the tree, and every position of the text."""

from __future__ import annotations

import pandas as pd

from gpt.figures.glyphs import named
from pages.ui.derived import writing
from pages.ui.state import growing, reading
from pages.ui.state.reading import Reading


def branches(seen: Reading) -> pd.DataFrame:
    """The tree of texts, a row each branch; natural logarithms."""
    prompt, rows = growing.prompt_of(seen.inputs), []
    tree, stack = growing.shown(seen.inputs)[0], reading.stack_of(seen.inputs)
    for branch, (parent, depth) in zip(tree.branches, tree.forks, strict=True):
        nats = float(writing.scores(seen.inputs.model, seen.inputs.step, prompt, branch.ids, stack).nats.sum())
        distinct, repeat = writing.repeats(branch.ids)
        rows.append(
            {
                "branch": branch.name,
                "leaves": tree.branches[parent].name if parent >= 0 else "the prompt",
                "after": depth,
                "tokens": len(branch.ids),
                "log probability": -nats,
                "mean": -nats / len(branch.ids),
                "distinct-4": distinct,
                "longest repeat": repeat,
                "text": seen.checkpoint.tokenizer.decode(list(branch.ids)),
            }
        )
    return pd.DataFrame(rows)


def positions(seen: Reading) -> pd.DataFrame:
    """Every position from the second token on, with what the model expected there."""
    found = writing.expected(seen.inputs.model, seen.inputs.step, seen.ids, reading.stack_of(seen.inputs))
    places = range(found.start, found.start + len(found.bits))
    return pd.DataFrame(
        {
            "token": [named(seen.tokens[i]) for i in places],
            "bits": found.bits,
            "rank": found.ranks,
            "expected": [named(seen.vocabulary[row[0]]) for row in found.best],
            "its probability": found.shares[:, 0],
            "perplexity so far": found.perplexity,
        },
        index=pd.RangeIndex(found.start + 1, found.start + 1 + len(found.bits), name="place"),
    )
