"""A text as a tree: what is written, what else could have stood there, and every branch beside the others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from gpt import texttree
from gpt.texttree import BRANCHES, LONGEST, NODES
from pages.ui.board.panel import Panel, array, sized
from pages.ui.derived import writing
from pages.ui.state import growing, reading
from pages.ui.state.reading import Reading

RUN = 200  # tokens that "Run" writes
LARGEST_RANK = 65_535
COMPARED = 20  # tokens that a branch has at least to be told as likely or dull


class Row(TypedDict):
    """One branch beside the others."""

    name: str
    parent: int  # the branch that it leaves; -1: the prompt
    depth: int  # after how many tokens
    tokens: int  # of the whole path
    nats: float  # minus the logarithm of its probability
    distinct: float | None  # the share of its pieces of four tokens that are different
    repeat: int  # its longest stretch that comes again


@dataclass(frozen=True, kw_only=True, eq=False)
class Tree(Panel):
    """The branches one after another, each with the tokens that are its own. It tells what is wanted as `grow`."""

    name = "tree"
    n: int  # the number of the newest wish that Python heard
    N: int  # tokens of all branches
    run: int
    searched: int  # tokens that greedy and beam search write
    room: int  # how many more may be written
    ready: bool  # whether there is something to continue
    said: str  # why the last wish was not done; or what there is to see
    shade: str
    width: int
    now: int  # the branch that one is on; -1: what is written is in no branch
    depth: int  # how many of its tokens are written; those behind are ahead
    at: int | None  # the token whose place is looked at
    best: Sequence[tuple[str, int, float]]  # what could stand there: token, id, probability
    elsewhere: bool  # whether the tree stands on another prompt, to which one can go back
    full: str  # how much of its room the tree takes, in words
    branches: Sequence[Row]
    words: Sequence[str]  # the different tokens
    ids: Sequence[int]  # and theirs
    word: np.ndarray = array("uint16", "N")  # which of them
    nats: np.ndarray = array("float32", "N")
    ranks: np.ndarray = array("uint16", "N")
    tokens: Sequence[str] = sized("T")  # the prompt's, for the file
    T: int


def panel(seen: Reading) -> Tree:
    """The tree of this prompt."""
    inputs, chosen, vocabulary = seen.inputs, seen.inputs.writing, seen.vocabulary
    prompt, where = growing.prompt_of(inputs), (inputs.model, inputs.step)
    stack = reading.stack_of(inputs)
    tree, now, ahead = growing.shown(inputs) if prompt else (texttree.TextTree(), -1, ())
    rows, own, nats, ranks = list[Row](), list[int](), list[np.ndarray](), list[np.ndarray]()
    for branch, (parent, depth) in zip(tree.branches, tree.forks, strict=True):
        found, (distinct, repeat) = writing.scores(*where, prompt, branch.ids, stack), writing.repeats(branch.ids)
        rows.append(
            Row(
                name=branch.name, parent=parent, depth=depth, tokens=len(branch.ids),
                nats=round(float(found.nats.sum()), 4), distinct=distinct, repeat=repeat,
            )
        )  # fmt: skip
        own += branch.ids[depth:]
        nats.append(found.nats[depth:])
        ranks.append(found.ranks[depth:].clip(max=LARGEST_RANK).astype(np.uint16))
    different, word = np.unique(np.array(own, np.int64), return_inverse=True)
    at = chosen.at if prompt and chosen.at is not None and chosen.at <= len(ahead) else None
    best = () if at is None else zip(*writing.alternatives(*where, prompt, ahead[:at], stack), strict=True)
    return Tree(
        n=chosen.answered,
        N=len(own),
        run=RUN,
        searched=growing.searched_at_once(inputs),
        room=LONGEST - len(inputs.written),
        ready=bool(prompt),
        said=chosen.said or likely_and_dull(rows) or ("" if rows else elsewhere(seen)),
        shade=chosen.colour,
        width=chosen.width,
        now=now,
        depth=len(inputs.written),
        at=at,
        best=[(vocabulary[i], int(i), round(float(share), 6)) for i, share in best],
        elsewhere=growing.is_elsewhere(inputs) and not rows,
        full=f"{len(rows)} of {BRANCHES} branches, {len(own):,} of {NODES:,} tokens",
        branches=rows,
        words=[vocabulary[i] for i in different],
        ids=different.tolist(),
        word=word.astype(np.uint16),
        nats=np.concatenate(nats) if nats else np.zeros(0, np.float32),
        ranks=np.concatenate(ranks) if ranks else np.zeros(0, np.uint16),
        tokens=[vocabulary[i] for i in prompt],
        T=len(prompt),
    )


def elsewhere(seen: Reading) -> str:
    """That a tree stands on another prompt; nothing if there is none."""
    if not growing.is_elsewhere(seen.inputs):
        return ""
    many = len(seen.inputs.writing.tree.branches)
    branches = "1 branch" if many == 1 else f"{many} branches"
    return f"A tree of {branches} stands on another prompt; to write here begins a new one in its place."


def likely_and_dull(rows: Sequence[Row]) -> str:
    """The likeliest branch and the least likely one, a token, and how often each repeats itself; of two at least."""
    long = sorted((row for row in rows if row["tokens"] >= COMPARED), key=lambda row: row["nats"] / row["tokens"])
    if len(long) < 2:
        return ""
    likeliest, least = long[0], long[-1]
    return f"Likeliest a token: {in_words(likeliest)}. Least likely: {in_words(least)}."


def in_words(row: Row) -> str:
    """A branch with its numbers."""
    bits = row["nats"] / row["tokens"] / math.log(2)
    new = "" if row["distinct"] is None else f", {row['distinct']:.0%} of its pieces of 4 tokens different"
    return f"“{row['name']}”, {bits:.2f} bits{new.replace('%', ' %')}"
