"""Notebook road, the whole: its exact class beside the engine's, and a table against one-hot vectors."""

from __future__ import annotations

import dataclasses
import re
from functools import cache

import numpy as np
import torch
from torch import Generator, Tensor

from gpt.analysis import onehot
from gpt.config import GPTConfig
from gpt.figures.chart import Axis, Chart, Series
from gpt.figures.matrix import Cells, Matrix
from gpt.lessons.postnorm import Block, Head, PostNormGPT, Sizes, fresh
from gpt.lessons.tutorials import notebook_runs as runs
from gpt.lessons.tutorials.listing import Listing, Outcome, Picture, Turn, Turned
from gpt.lessons.tutorials.writing import beside
from gpt.model import GPT
from gpt.size import count, parameters

ROAD = "notebook"

# ---- the exact class

PLACE = re.compile(r"^(blocks\.\d+\.)?(.+)\.(weight|bias)$")
# What the engine calls a module of the class.
NAMES = {
    "norm": "norm_final",
    "output": "unembed",
    "project": "attn.project",
    "feed_forward.0": "mlp.expand",
    "feed_forward.2": "mlp.project",
}


def by_hand(config: GPTConfig) -> PostNormGPT:
    """The class in plain PyTorch, as large as a config says."""
    sizes = Sizes(
        V=config.vocab_size, context=config.block_size, C=config.n_embd, H=config.n_head, L=config.n_layer,
        d_ff=config.neurons, dropout=config.dropout,
    )  # fmt: skip
    return fresh(sizes)


def filled(model: PostNormGPT, from_: GPT) -> PostNormGPT:
    """The same with the engine's weights: its heads' tables lie in one matrix there, head after head."""
    model = model.requires_grad_(False).eval()
    theirs, found = from_.state_dict(), dict[str, Tensor]()
    for name in model.state_dict():
        block, module, kind = PLACE.findall(name)[0]
        head = re.fullmatch(r"heads\.(\d+)\.(\w+)", module)
        if head:
            every = theirs[f"{block}attn.{head[2]}.weight"]  # (C, C)
            found[name] = every.chunk(from_.config.n_head)[int(head[1])]  # (D, C)
        else:
            found[name] = theirs[f"{block}{NAMES.get(module, module)}.{kind}"]
    model.load_state_dict(found)
    return model


@cache
def apart(config: GPTConfig) -> float:
    """The largest difference of the logits of both, with weights drawn anew, on one window."""
    generator = Generator().manual_seed(1)
    model = GPT(config, generator, std=0.1).requires_grad_(False).eval()
    for name, weight in model.named_parameters():  # gains and biases as well: else they would not be looked at
        if weight.dim() == 1:
            weight.normal_(1.0 if "norm" in name and name.endswith("weight") else 0.0, 0.3, generator=generator)
    ids = torch.randint(config.vocab_size, (2, config.block_size), generator=generator)  # (B, T)
    return float((model(ids) - filled(by_hand(config), model)(ids)).abs().max())


# Parts as a chart has room for them.
SHORT = {
    "token_embedding": "tokens",
    "position_embedding": "places",
    "mlp": "MLP",
    "norm_final": "final norm",
    "unembed": "output",
}
WIDTHS = ("256", "128", "64")


def exact(turned: Turned) -> Outcome:
    """Count it, compare it, and say what each part of it costs."""
    config = dataclasses.replace(runs.EXACT, d_ff=int(turned["d_ff"]))
    torchs, ours = sum(weight.numel() for weight in by_hand(config).parameters()), count(config)
    without = dataclasses.replace(config, bias=False)
    plain = dataclasses.replace(config, norm="post", final_norm=False, bias=False)
    rows = [beside("parameters of the class built by hand, counted by PyTorch", f"{torchs:,}", f"{ours:,}")]
    if turned["d_ff"] == WIDTHS[0]:
        rows.append(beside("million parameters, as the program prints them", "0.209729", f"{ours / 1e6:f}"))
    parts = {SHORT.get(name, name): many for name, many in parameters(config).items() if many}
    chart = Chart(
        Axis("part", ticks=[(float(i), name) for i, name in enumerate(parts)]), Axis("parameters", low=0, form=",d"),
        [Series("parameters", [*range(len(parts))], [*parts.values()], "bars")], height=280,
    )  # fmt: skip
    said = (
        f"{ours:,} parameters with d_ff = {config.neurons}; {ours - count(without):,} of them are biases (none for "
        f"queries, keys and values), and {count(without) - count(plain):,} are the final norm's gains.",
        f"With the same weights both give the same logits: the largest difference is {apart(config):.1g}.",
        "Dropout has no parameters: it stands behind the embeddings, the attention weights and each part.",
    )
    told = ", ".join(f"{name} {many:,}" for name, many in parts.items())
    return Outcome(tuple(rows), said, (Picture("notebook-class", chart, f"Parameters by part: {told}."),))


# ---- nn.Linear against nn.Embedding

LETTERS, PLACES, INDEX = "26 letters", "32 places", "the bare index of 32 places"
CASES = {LETTERS: (26, "hello"), PLACES: (32, ""), INDEX: (32, "")}
C = 64


def table_of(rows: int, seed: int = 1) -> Tensor:
    """Fresh vectors (rows, C), as nn.Embedding draws them, by a generator of its own."""
    return torch.randn(rows, C, generator=Generator().manual_seed(seed))  # (rows, C)


def directions(vectors: Tensor) -> int:
    """How many directions a table (R, C) takes, its mean taken away: its rank."""
    return int(torch.linalg.matrix_rank(vectors - vectors.mean(dim=0)))


def by_index(rows: int, seed: int = 1) -> Tensor:
    """What nn.Linear(1, C) makes of the numbers 0, 1, 2 ...: every vector is a multiple of one, (rows, C)."""
    way = torch.randn(C, 1, generator=Generator().manual_seed(seed))  # (C, 1) the layer's whole table
    return torch.arange(rows, dtype=torch.float32)[:, None] @ way.T  # (rows, C)


def against(turned: Turned) -> Outcome:
    """A table looked up, and the same one as a layer on one-hot vectors; or a layer on the number itself."""
    what = turned["what"]
    rows, word = CASES[what]
    table = table_of(rows)
    ids = [ord(letter) - ord("a") for letter in word] or [*range(rows)]
    found = onehot.compare(table, ids)
    shown = by_index(rows)  # (rows, C)
    lengths = shown.norm(dim=-1).tolist()
    if what == INDEX:
        said = [
            f"nn.Linear(1, {C}) on the number itself has {C} weights for all places: they lie on a straight line, in "
            f"{directions(shown)} direction; the table's {rows} vectors take {directions(table)}.",
            f"The vector of place {rows - 1} is {lengths[-1] / lengths[1]:.0f} times as long as that of place 1, and "
            "place 0 has none: a larger index shouts louder. That is why places get a table of their own.",
        ]
    else:
        said = [
            f"{len(ids)} ids looked up in a table of {rows} x {C}, and their one-hot vectors through nn.Linear({rows}, "
            f"{C}, bias=False): the outputs are {'equal, bit for bit' if found.equal else 'not equal'}, the gradients "
            f"differ by {found.gradient:.1g}.",
            f"The answer: they are the same thing. Both have {rows * C:,} weights; but the layer multiplies "
            f"{found.products:,} pairs of numbers, nearly all by 0, and the lookup none.",
        ]
        if what == PLACES:
            said.append(
                "All places in a row as one-hot vectors are the unit matrix, so what comes out is the table itself: "
                "position_embedding(arange(T)) copies it."
            )
        else:
            said.append(
                f"“{word}” is {ids}: both letters l get the same vector. What differs is how they begin: torch "
                f"draws a table with spread 1, a layer's weights between -1/√{rows} and 1/√{rows}, {rows**-0.5:.3f}."
            )
    seen = lengths_of(table, shown) if what == INDEX else one_hot(ids, rows, [*word] or [str(i) for i in ids])
    return Outcome(said=tuple(said), pictures=(seen,))


def one_hot(ids: list[int], rows: int, names: list[str]) -> Picture:
    """One row an id, with a single 1 at its place."""
    across = [chr(ord("a") + i) for i in range(rows)] if rows == CASES[LETTERS][0] else [str(i) for i in range(rows)]
    cells = Cells(np.eye(rows)[ids], across, names)
    figure = Matrix([cells], "place in the one-hot vector", "what is looked up", "", "share", 1.0, "d", height=280)
    alt = f"{len(ids)} rows of {rows} cells; in each a single 1, at the place of its id, and {rows - 1} zeros."
    return Picture("notebook-onehot", figure, alt)


def lengths_of(table: Tensor, line: Tensor) -> Picture:
    """How long the vectors of both are, place by place."""
    x, found = [*range(len(table))], [vectors.norm(dim=-1).tolist() for vectors in (table, line)]
    names = ("its own vector", "the index times one vector")
    series = [Series(name, x, y, "points", i, i) for i, (name, y) in enumerate(zip(names, found, strict=True))]
    chart = Chart(Axis("place"), Axis("length of its vector", low=0), series, height=280)
    told = "; ".join(f"{one.name}: {min(y):.2f} to {max(y):.2f}" for one, y in zip(series, found, strict=True))
    return Picture("notebook-onehot", chart, f"Lengths of {len(table)} vectors. {told}.")


LISTINGS = (
    Listing(
        "notebook-class", ROAD, "The exact class, and its parameters",
        "Post-norm, ReLU, biases, dropout, a feed-forward width of its own, a final norm and an output table with a "
        "bias. Built by hand in plain PyTorch it has as many parameters as the engine with the same switches, and "
        "gives the same logits.",
        exact, (Head, Block, PostNormGPT), (Turn("d_ff", "d_ff", WIDTHS),),
        ("exercises?exercise=block", "Exercises: complete its forward"),
    ),
    Listing(
        "notebook-onehot", ROAD, "nn.Linear or nn.Embedding?",
        "A question of the notebook: why is a token or a place looked up in a table, and not sent through a linear "
        "layer? Turn to the bare index for a layer that is another thing.",
        against, (onehot.compare, by_index), (Turn("what", "What is looked up", tuple(CASES)),),
        ("embeddings", "Embeddings: one-hot vectors through a layer"),
    ),
)  # fmt: skip
