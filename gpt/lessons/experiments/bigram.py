"""Lesson 2, the bigram: a table with one row a character, fresh, counted and learned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from gpt.analysis import entropy
from gpt.config import GPTConfig
from gpt.lessons.experiments.numbers import SEED, Batch
from gpt.lessons.ladder import BIGRAM
from gpt.model import GPT
from gpt.tokenizers import Tokenizer


@dataclass(frozen=True)
class Fresh:
    """The table before it has learned anything."""

    loss: float  # nats a character on the batch
    uniform: float  # ln V: what a guess costs that holds all characters for equally likely
    written: str  # what it writes


@dataclass(frozen=True)
class Match:
    """Counting beside learning. A cell is a pair of characters: row, then column."""

    counted: Tensor  # (V, V) log of the share of each row's pairs; -inf where a pair never occurs
    learned: Tensor  # (V, V) log of what the trained table gives
    often: Tensor  # (V, V) bool: the pairs that occur at least `least` times
    correlation: float  # of the two, over those pairs
    furthest: float  # the largest difference of the two, as probabilities, over the rows that occur `least` times


@dataclass(frozen=True)
class Row:
    """What a table says after one character."""

    id: int  # the character
    bits: float  # how spread the row is: 0 when one single cell is bright
    likeliest: int  # the brightest cell
    share: float  # of it


def fresh_table(generator: Generator) -> GPT:
    """The lecture's table, numbers of normal(0, 1): its row of a character is the logits of the next one."""
    return GPT(BIGRAM, generator, std=1.0).eval().requires_grad_(False)


def lecture_dice() -> Generator:
    """The dice that the lecture throws: first the table is drawn, then what it writes."""
    return Generator().manual_seed(SEED)


def fresh(batch: Batch, tokenizer: Tokenizer, length: int = 100) -> Fresh:
    """The lecture's fresh table on a batch (B, T), and what it writes after a new line, from the same generator."""
    generator = lecture_dice()
    model = fresh_table(generator)
    logits = model(batch.inputs)  # (B, T, V)
    loss = F.cross_entropy(logits.flatten(0, 1), batch.targets.flatten())  # ()
    ids = [0]  # the number of the new line
    for _ in range(length):
        row = F.softmax(model(torch.tensor([ids[-1:]]))[0, -1], dim=-1)  # (V,)
        ids.append(int(torch.multinomial(row, 1, generator=generator)))
    return Fresh(loss.item(), math.log(BIGRAM.vocab_size), tokenizer.decode(ids))


def counts(ids: Tensor, V: int) -> Tensor:
    """How often each pair occurs in ids (N,): (V, V), row = first character, column = the one after it."""
    pairs = ids[:-1] * V + ids[1:]  # (N - 1,)
    return torch.bincount(pairs, minlength=V * V).view(V, V)  # (V, V)


def table_of(model: GPT) -> Tensor:
    """What a bigram model gives after each character, as logs of probabilities (V, V).

    Raises ValueError for a model that looks at more than the last character.
    """
    config: GPTConfig = model.config
    if config.n_layer or config.position != "none":
        raise ValueError(f"This model has {config.n_layer} layers: only a bigram, without layers, is one table.")
    with torch.no_grad():
        return F.log_softmax(model(torch.arange(config.vocab_size)[:, None])[:, 0], dim=-1)  # (V, V)


def match(model: GPT, ids: Tensor, least: int = 10) -> Match:
    """Compare a trained bigram with the counts of its training ids (N,): learning found what counting finds.

    The best table is the counted one: cross-entropy is smallest where the probabilities are the shares.
    """
    found = counts(ids, model.config.vocab_size)  # (V, V)
    seen = found.sum(dim=1, keepdim=True)  # (V, 1)
    share = found / seen.clamp_min(1)  # (V, V)
    learned = table_of(model)  # (V, V)
    often = found >= least  # (V, V)
    pair = torch.stack([share[often].log(), learned[often]])  # (2, number of such pairs)
    rows = seen[:, 0] >= least  # (V,)
    furthest = (share[rows] - learned[rows].exp()).abs().max()  # ()
    return Match(share.log(), learned, often, float(torch.corrcoef(pair)[0, 1]), float(furthest))


def rows(table: Tensor, ids: Sequence[int]) -> list[Row]:
    """The rows of a table of log probabilities (V, V) for the different characters of ids, the sharpest first."""
    chosen = torch.tensor(sorted(set(ids)))  # (N,)
    shares = table[chosen].exp()  # (N, V)
    bits, (share, likeliest) = entropy.bits(shares), shares.max(dim=-1)  # (N,), (N,), (N,)
    found = [Row(*row) for row in zip(*(x.tolist() for x in (chosen, bits, likeliest, share)), strict=True)]
    return sorted(found, key=lambda row: (row.bits, row.id))


def counted_loss(ids: Tensor, held_out: Tensor, V: int) -> float:
    """Nats a character on held_out (M,) of the counted table of ids (N,), every pair counted once more than it occurs.

    Without the extra one, a pair that never occurred would cost infinitely much (Laplace's rule).
    """
    found = counts(ids, V) + 1  # (V, V)
    logs = (found / found.sum(dim=1, keepdim=True)).log()  # (V, V)
    return -float(logs[held_out[:-1], held_out[1:]].mean())
