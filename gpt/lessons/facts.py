"""Every number that the lessons' texts and questions claim, by name, computed by the code when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

from gpt import corpora, size
from gpt.config import ConfigError
from gpt.corpora import Corpus
from gpt.lessons import trained
from gpt.lessons.experiments import attention, bigram, curves, encoder, gpt2, mean, numbers, parts, positions
from gpt.lessons.ladder import GPT2, HEADS
from gpt.lessons.lookup import MODELS
from gpt.lessons.rung import CORPUS

PROBE = "ROMEO:\nBut soft, what light thro"  # 32 characters, on which patterns and neurons are looked at


@cache
def corpus() -> Corpus:
    """Tiny Shakespeare. Raises CorpusUnavailable when it is not on this computer."""
    return corpora.load(CORPUS)


@cache
def ids_of(part: int) -> Tensor:
    """The numbers of the training part (0) or of the last tenth (1) of the text, (N,)."""
    return torch.tensor(numbers.ALPHABET.encode(corpus().split()[part]))  # (N,)


def probe(name: str) -> list[int]:
    """PROBE in a rung's numbers, (T,)."""
    return trained.load(name).tokenizer.encode(PROBE)


def scaling(place: int) -> attention.Scaling:
    """One of the factors on attention scores, with heads of 16 numbers."""
    return attention.scalings()[place]


def best_activation() -> float:
    """How far the losses of the three activations lie apart."""
    found = [trained.loss(name) for name in ("mlp", "mlp-gelu", "mlp-solu")]
    return max(found) - min(found)


@cache
def placement(norm: str) -> parts.Placement:
    """A fresh deep model with this norm."""
    return next(found for found in parts.placements() if found.norm == norm)


@cache
def leaking(name: str) -> encoder.Leak:
    """A rung judged with the mask on and off."""
    return encoder.leak(trained.load(name).model, ids_of(1))


def after_q() -> float:
    """How likely u is after q, by the learned table."""
    loaded = trained.load("bigram")
    q, u = loaded.tokenizer.encode("qu")
    return float(bigram.table_of(loaded.model)[q, u].exp())


def shuffled(name: str, one_layer: bool = False) -> float:
    """How much probability moves when all but the last character of PROBE change places."""
    model = trained.load(name).model
    return positions.shuffle(positions.one_layer(model) if one_layer else model, probe(name)).moved


@cache
def greedy(length: int = 200) -> str:
    """What the last rung writes after PROBE when it always takes the likeliest character."""
    return gpt2.write(trained.load("gpt2"), PROBE, length, ("greedy",))[0].text


def times_faster() -> float:
    """How many times as long two loops take as one matrix, for 32 texts of 64 tokens."""
    loops, matrix, _ = mean.ways(mean.timing_x(), runs=3)
    return loops.milliseconds / matrix.milliseconds


def at_end(name: str) -> float:
    """Validation less training loss at the end of a training."""
    return trained.losses(name).gap


FACTS: dict[str, Callable[[], float]] = {
    "numbers.characters": lambda: len(corpus().text),
    "numbers.alphabet": lambda: len(numbers.split(corpus()).alphabet),
    "numbers.train": lambda: numbers.split(corpus()).train,
    "numbers.val": lambda: numbers.split(corpus()).val,
    "bigram.fresh_loss": lambda: bigram.fresh(numbers.lecture_batch(), numbers.ALPHABET).loss,
    "bigram.uniform": lambda: bigram.fresh(numbers.lecture_batch(), numbers.ALPHABET, length=0).uniform,
    "bigram.counted_loss": lambda: bigram.counted_loss(ids_of(0), ids_of(1), 65),
    "bigram.correlation": lambda: bigram.match(trained.load("bigram").model, ids_of(0)).correlation,
    "bigram.after_q": lambda: 100 * after_q(),
    "mean.weight": lambda: float(mean.weights(8)[3, 0]),
    "mean.times_faster": times_faster,
    "head.variance": lambda: scaling(2).variance,
    "head.variance_scaled": lambda: scaling(0).variance,
    "head.bits": lambda: scaling(0).bits,
    "head.bits_unscaled": lambda: scaling(2).bits,
    "head.bits_slip": lambda: scaling(3).bits,
    "head.largest_slip": lambda: 100 * scaling(3).largest,
    "heads.attention": lambda: attention.one_and_many().many,
    "heads.attention_one": lambda: attention.one_and_many().one,
    "mlp.silent": lambda: 100 * parts.neurons(trained.load("mlp").model, probe("mlp")).silent,
    "mlp.activations_apart": best_activation,
    "mlp.arrives": lambda: 100 * parts.gradients(False).arrives,
    "residual.arrives": lambda: 100 * parts.gradients(True).arrives,
    "norm.first": lambda: float(parts.three_by_three().after[2, 0]),
    "norm.last": lambda: float(parts.three_by_three().after[2, 2]),
    "norm.pre_arrives": lambda: placement("pre").gradient[0] / placement("pre").gradient[-1],
    "norm.post_arrives": lambda: placement("post").gradient[0] / placement("post").gradient[-1],
    "dropout.mean": lambda: curves.drop(0.2).mean,
    "little.gap": lambda: at_end("little"),
    "little-dropout.gap": lambda: at_end("little-dropout"),
    "little.best_step": lambda: curves.turning_point(trained.losses("little")),
    "sizes.per_tenfold": lambda: curves.line_through(curves.sizes()).per_tenfold,
    "positions.moved": lambda: 100 * shuffled("positions"),
    "positions.one_layer": lambda: 100 * shuffled("positions", one_layer=True),
    "norm.moved": lambda: 100 * shuffled("norm"),
    "encoder.open": lambda: leaking("encoder").open,
    "encoder.masked": lambda: leaking("encoder").masked,
    "encoder.last_place": lambda: float(encoder.by_place(trained.load("encoder").model, ids_of(1))[-1]),
    "encoder.in_window": lambda: 100 * encoder.in_window(HEADS.block_size),
    "gpt2.tied_saves": lambda: GPT2.vocab_size * GPT2.n_embd,
    "gpt2.greedy_repeats": lambda: 100 * gpt2.repeats(greedy()),
}
for _name, _rung in MODELS.items():
    if _rung.model is not None:
        FACTS[f"{_name}.parameters"] = lambda model=_rung.model: size.count(model)
        FACTS[f"{_name}.val_loss"] = lambda name=_name: trained.loss(name)
    if _rung.published is not None:
        FACTS[f"{_name}.published"] = lambda published=_rung.published: published.loss


def fact(name: str) -> float:
    """The number of that name, computed now. Raises ConfigError for an unknown name, and what its experiment raises."""
    if name not in FACTS:
        raise ConfigError(f"fact is {name!r}, but it must be one of {', '.join(FACTS)}.")
    return float(FACTS[name]())
