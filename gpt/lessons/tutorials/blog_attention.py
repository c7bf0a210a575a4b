"""Blog road: attention, order and positions. Uniform to learned weights, a permuted text, E as a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from gpt import bundled, checkpoint
from gpt.analysis.stages import block_of
from gpt.edits import ScaleSite
from gpt.figures.chart import Axis, Chart, Level, Series
from gpt.figures.glyphs import glyph
from gpt.figures.matrix import Cells, Matrix, extent
from gpt.lessons import facts, seeds, trained
from gpt.lessons.experiments.mean import weights
from gpt.lessons.experiments.numbers import SEED
from gpt.lessons.passage import read
from gpt.lessons.tutorials.listing import Listing, Outcome, Picture, Turn, Turned
from gpt.model import GPT
from gpt.tap import Recorder
from gpt.tokenizers import Tokenizer

ROAD = "attention"

# ---- from uniform to learned attention

TEXT = "O Romeo, Romeo"
FACTORS = {"as learned": 1.0, "half": 0.5, "none: uniform": 0.0, "twice": 2.0}
WINDOWS = 64  # of the last tenth, spread evenly


@cache
def windows(T: int) -> tuple[Tensor, Tensor]:
    """Inputs (W, T) and targets (W, T) of the last tenth, the same for every model that reads T characters."""
    ids = facts.ids_of(1)  # (M,)
    starts = torch.linspace(0, len(ids) - T - 1, WINDOWS).long()  # (W,)
    found = ids[starts[:, None] + torch.arange(T + 1)]  # (W, T + 1)
    return found[:, :-1], found[:, 1:]


def scaled(layers: int, factor: float) -> list[ScaleSite]:
    """Every score of every layer times a factor: at 0 all allowed tokens weigh the same."""
    return [ScaleSite("scores", layer, factor) for layer in range(layers)]


@cache
def loss_with_scores(rung: str, factor: float) -> float:
    """Nats a character of a trained rung on held-out windows, its scores multiplied by a factor."""
    model = trained.load(rung).model
    inputs, targets = windows(model.config.block_size)  # (W, T), (W, T)
    with torch.no_grad():
        logits = model(inputs, Recorder(scaled(model.config.n_layer, factor)))  # (W, T, V)
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten()).item()


def learned(turned: Turned) -> Outcome:
    """The same head with its scores turned down to nothing: then it is the mean of the past again."""
    factor = FACTORS[turned["scores"]]
    passage = read("head", TEXT, scaled(2, factor))
    T = len(passage.tokens)
    mean, now = weights(T), passage.pattern[-1, 0]  # (T, T), (T, T)
    apart = float((now - mean).abs().max())
    names = [glyph(token) for token in passage.tokens]
    maps = Matrix(
        [Cells(mean.numpy(), names, names, "uniform: 1/t"), Cells(now.numpy(), names, names, turned["scores"])],
        x="looked at", y="looks", unit="of the weight", kind="share", most=1.0, form=".0%", columns=2, height=340,
    )  # fmt: skip
    steps = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0)
    losses = [loss_with_scores("head", step) for step in steps]
    chart = Chart(
        Axis("scores times"), Axis("nats a character, held out", form=".3f"),
        [Series("trained head", steps, losses, "dots")],
        [Level("now", factor, "x")],
    )  # fmt: skip
    best = steps[min(range(len(steps)), key=lambda i: losses[i])]
    uniform, alone = seeds.losses("mean"), seeds.losses("head")
    told = " ".join(f"{a:.3f} → {b:.3f}," for a, b in zip(uniform, alone, strict=True)).rstrip(",")
    return Outcome(
        said=(
            f"Scores times {factor:g}: the weights of the second layer lie up to {apart:.4f} from 1/t, and the model "
            f"costs {loss_with_scores('head', factor):.3f} nats a character on {WINDOWS} held-out windows; of the "
            f"factors in the chart {best:g} is best.",
            f"Trained from the start, with uniform and with learned weights, three seeds: {told} nats a character.",
        ),
        pictures=(
            Picture("attention-learned", maps, f"Weights of {T} characters: 1/t each, and times {factor:g}."),
            Picture(
                "attention-learned-loss", chart,
                "Loss by factor: " + "; ".join(f"{a:g}: {b:.3f}" for a, b in zip(steps, losses, strict=True)) + ".",
            ),
        ),
    )  # fmt: skip


# ---- the permutation of "pointer array"

POINTER = "pointer array"
ORDERS = ("words swapped", "backwards", "drawn by lot")


def order_of(text: str, how: str) -> list[int]:
    """Which character of the text stands at each place of the new order, (T,)."""
    T, cut = len(text), text.index(" ")
    if how == "words swapped":
        return [*range(cut + 1, T), cut, *range(cut)]
    if how == "backwards":
        return [*range(T)][::-1]
    return torch.randperm(T, generator=Generator().manual_seed(SEED)).tolist()


@dataclass(frozen=True)
class Permuted:
    """What one attention makes of a text and of the same text in another order, token by token."""

    weights: tuple[Tensor, Tensor]  # (T, T) each, the second put back into the first one's order
    furthest: float  # the largest difference of what a token takes, in the two orders
    length: float  # the mean length of what a token takes


@torch.no_grad()
def permute(model: GPT, ids: Sequence[int], order: Sequence[int], positions: bool) -> Permuted:
    """The first attention of a model, every token seeing all others, on ids (T,) and on ids in another order."""
    block = block_of(model, 0)
    attn = block.attn
    table = model.positions(len(ids)) if positions else None  # (T, C)
    found, maps = [], []
    for places in (list(range(len(ids))), list(order)):
        x = model.token_embedding(torch.tensor(ids)[places])  # (T, C)
        x = block.norm1(x if table is None else x + table)  # (T, C)
        q, k, v = (attn.split(make(x[None]))[0] for make in (attn.query, attn.key, attn.value))  # (H, T, D)
        pattern = F.softmax(q @ k.transpose(-2, -1) * attn.scale, dim=-1)  # (H, T, T)
        taken = attn.project((pattern @ v).transpose(0, 1).flatten(1))  # (T, C)
        back = torch.tensor(places).argsort()  # (T,)
        found.append(taken[back])  # (T, C)
        maps.append(pattern[0][back][:, back])  # (T, T)
    furthest = float((found[0] - found[1]).abs().max())
    return Permuted((maps[0], maps[1]), furthest, float(found[0].norm(dim=-1).mean()))


def permutation(turned: Turned) -> Outcome:
    """Attention without positions gives every letter the same in any order; with them it does not."""
    order = order_of(POINTER, turned["order"])
    other = "".join(POINTER[i] for i in order)
    loaded = trained.load("encoder")  # learned with every token seeing all others
    ids = loaded.tokenizer.encode(POINTER)
    without, with_them = (permute(loaded.model, ids, order, positions) for positions in (False, True))
    names = [glyph(char) for char in POINTER]
    pair = [
        Cells(without.weights[0].numpy(), names, names, f"no positions: {POINTER}"),
        Cells(without.weights[1].numpy(), names, names, f"no positions: {other}, put back"),
        Cells(with_them.weights[0].numpy(), names, names, f"positions: {POINTER}"),
        Cells(with_them.weights[1].numpy(), names, names, f"positions: {other}, put back"),
    ]
    most = max(float(cells.values.max()) for cells in pair)
    maps = Matrix(pair, "looked at", "looks", "of the weight", "share", most, ".0%", columns=2, height=620)
    moved = [float((a - b).abs().max()) for a, b in (without.weights, with_them.weights)]
    return Outcome(
        said=(
            f"“{POINTER}” and “{other}”, without positions: what a letter takes from the others differs by "
            f"{without.furthest:.1g} at most, its weights by {moved[0]:.1g}. That is rounding: the order was not "
            "noticed.",
            f"With position vectors added: {with_them.furthest:.2g}, where what a letter takes is "
            f"{with_them.length:.2g} long, and {moved[1]:.0%} of a weight.",
        ),
        pictures=(
            Picture(
                "attention-permutation", maps,
                f"First head, both orders put back into one: weights differ by {moved[0]:.1g} without positions, by "
                f"{moved[1]:.0%} with them.",
            ),
        ),
    )  # fmt: skip


# ---- E as a matrix, from which ids pick columns

WORDS = ("cab", "fed", "abba")
ROWS = 8  # of the width that are drawn


def embedding_table(model: GPT) -> Tensor:
    """E with one column a token, as blogs draw it: (C, V). torch keeps it lying, one row a token."""
    return model.token_embedding.weight.T  # (C, V)


def by_one_hot(E: Tensor, ids: Sequence[int]) -> Tensor:
    """A product with columns that are 0 but for a single 1: E (C, V), T ids -> (C, T)."""
    columns = F.one_hot(torch.tensor(ids), E.shape[1]).T.float()  # (V, T)
    return E @ columns  # (C, T)


def by_lookup(E: Tensor, ids: Sequence[int]) -> Tensor:
    """The columns of those numbers: E (C, V), T ids -> (C, T)."""
    return E[:, torch.tensor(ids)]  # (C, T)


def embedding(turned: Turned) -> Outcome:
    """Ids pick columns of E; a product with one-hot columns picks the same ones, with V times the work."""
    word = turned["word"]
    model, tokenizer = sorting()
    ids, E = tokenizer.encode(word), embedding_table(model)  # (C, V)
    product, lookup = by_one_hot(E, ids), by_lookup(E, ids)  # (C, T), (C, T)
    C, V = E.shape
    names = [glyph(token) for token in tokenizer.tokens]
    hot = F.one_hot(torch.tensor(ids), V).T.numpy()  # (V, T)
    down = [f"{i + 1}" for i in range(ROWS)]
    shown = E[:ROWS].numpy()
    kind, most = extent(shown)
    signed = Matrix(
        [
            Cells(shown, names, down, f"E, {ROWS} of {C} rows", [[f"{x:.2f}" for x in row] for row in shown]),
            Cells(
                product[:ROWS].numpy(), list(word), down, f"E times one-hot columns of “{word}”",
                [[f"{x:.2f}" for x in row] for row in product[:ROWS].tolist()],
            ),
        ],
        "token", "number of its vector", "", kind, most, ".3f", columns=2, height=340,
    )  # fmt: skip
    ones = Matrix(
        [Cells(hot, list(word), names, "", [[str(x) for x in row] for row in hot.tolist()])],
        "token of the text", "token of the vocabulary", "", "share", 1.0, "d", height=300, key=False,
    )  # fmt: skip
    same = float((product - lookup).abs().max())
    return Outcome(
        said=(
            f"“{word}” is {ids}: these columns of E ({C} × {V}). The product with one-hot columns ({V} × {len(ids)}) "
            f"differs from looking them up by {same:g}.",
            f"The product multiplies {C * V * len(ids):,} times to copy {C * len(ids)} numbers.",
        ),
        pictures=(
            Picture("attention-embedding", signed, f"E, and beside it the {len(ids)} columns of “{word}”."),
            Picture("attention-one-hot", ones, f"One column a letter of “{word}”, with a single 1 in it: {ids}."),
        ),
    )


@cache
def sorting() -> tuple[GPT, Tokenizer]:
    """The bundled model of the fewest tokens."""
    loaded = checkpoint.load(next(model for model in bundled.bundled() if model.name == "sort").last)
    return loaded.model, loaded.tokenizer


LISTINGS = (
    Listing(
        "attention-learned", ROAD, "From uniform to learned attention",
        "A softmax of equal scores is the mean of the past. Put q·k in their place, and each token weighs the past "
        "by itself; turned down again, the learned scores become the mean.",
        learned, (weights, scaled, loss_with_scores), (Turn("scores", "Scores", tuple(FACTORS)),),
        ("lessons?lesson=4", "Lesson 4: one head"),
    ),
    Listing(
        "attention-permutation", ROAD, "The permutation of “pointer array”",
        "Attention adds up what all tokens hand over, and a sum has no order. A pointer array is no array pointer: "
        "so something must tell the places apart.",
        permutation, (permute, permutation), (Turn("order", "Other order", ORDERS),),
        ("lessons?lesson=11", "Lesson 11: positions"),
    ),
    Listing(
        "attention-embedding", ROAD, "E as a matrix: ids pick columns",
        "A token's vector is a column of E. The product with a one-hot column gives exactly that column, so nobody "
        "multiplies: it is looked up.",
        embedding, (embedding_table, by_one_hot, by_lookup), (Turn("word", "Word", WORDS),),
        ("embeddings?model=sort&prompt=cab%3E", "Embeddings: every token's vector"),
    ),
)  # fmt: skip
