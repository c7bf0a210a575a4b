"""Lesson 14: what goes into a model, and the ways to write with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gpt import sampling
from gpt.analysis.embeddings import input_parts
from gpt.analysis.entropy import effective_choices
from gpt.checkpoint import Checkpoint
from gpt.config import SamplingConfig
from gpt.lessons.trained import known_ids
from gpt.trace import trace


@dataclass(frozen=True)
class Input:
    """What one place of the text brings into the model, as lengths of vectors."""

    token: float
    position: float
    cosine: float  # of the two: near 0, they do not get into each other's way


def inputs(loaded: Checkpoint, ids: Sequence[int]) -> list[Input]:
    """Word and position vectors of ids (T,). Raises ValueError for a model without positions."""
    token, position = input_parts(loaded.model, ids)  # (T, C), (T, C)
    if position is None:
        raise ValueError("This model has no position vectors: choose one that has.")
    lengths = token.norm(dim=-1), position.norm(dim=-1)  # (T,), (T,)
    cosine = (token * position).sum(dim=-1) / (lengths[0] * lengths[1]).clamp_min(1e-12)  # (T,)
    return [Input(*row) for row in zip(lengths[0].tolist(), lengths[1].tolist(), cosine.tolist(), strict=True)]


PROMPT = "ROMEO:\n"  # after which samples are written

WAYS = {
    "greedy": SamplingConfig(greedy=True),
    "temperature 0.5": SamplingConfig(temperature=0.5),
    "temperature 1": SamplingConfig(),
    "temperature 2": SamplingConfig(temperature=2.0),
    "top-k 5": SamplingConfig(top_k=5),
    "top-p 0.9": SamplingConfig(top_p=0.9),
}


@dataclass(frozen=True)
class Written:
    """One way to write on from a prompt."""

    way: str
    text: str  # what was written, without the prompt
    choices: float  # among how many equally likely characters the first was drawn
    different: int  # how many different characters the text has


def write(loaded: Checkpoint, text: str, length: int = 120, ways: Sequence[str] = tuple(WAYS)) -> list[Written]:
    """Write on from a text in these ways. Raises ValueError when the text has no character that the model knows."""
    ids = known_ids(loaded, text)
    found = []
    for way in ways:
        settings = WAYS[way]
        drawn = list(sampling.generate(loaded.model, ids, settings, length))
        row = first_row(loaded, ids, settings)
        written = loaded.tokenizer.decode([choice.id for choice in drawn])
        found.append(Written(way, written, effective_choices(row), len(set(written))))
    return found


def first_row(loaded: Checkpoint, ids: Sequence[int], settings: SamplingConfig) -> sampling.Row:
    """The next token's probabilities (V,) after ids (T,), with these knobs."""
    logits = trace(loaded.model, ids[-loaded.config.block_size :]).logits[-1]  # (V,)
    return sampling.distribution(logits, settings)  # (V,)


def repeats(text: str, span: int = 8) -> float:
    """The share of a text's windows of `span` characters that stood in it before: what greedy writing falls into."""
    windows = [text[i : i + span] for i in range(len(text) - span + 1)]
    return 1 - len(set(windows)) / len(windows) if windows else 0.0


# ---- the same dice under several temperatures

TEMPERATURES = (0.25, 0.5, 1.0, 1.5, 2.0)


@dataclass(frozen=True)
class Throw:
    """One letter that was drawn."""

    token: str
    probability: float  # it had, at its temperature
    u: float  # where the die fell, 0 to 1


def same_dice(
    loaded: Checkpoint, text: str, seed: int, length: int = 24, temperatures: Sequence[float] = TEMPERATURES
) -> dict[float, list[Throw]]:
    """Write on from a text under several temperatures, always with the dice of one seed: (N,) throws each.

    Raises ValueError when the text has no character that the model knows, ConfigError for a bad seed or temperature.
    """
    ids, tokens = known_ids(loaded, text), loaded.tokenizer.tokens
    found = {}
    for temperature in temperatures:
        drawn = sampling.generate(loaded.model, ids, SamplingConfig(temperature=temperature, seed=seed), length)
        found[temperature] = [Throw(tokens[choice.id], choice.probability, choice.u) for choice in drawn]
    return found
