"""Every number that the lessons' texts and questions claim, by name, computed by the code when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import torch
from torch import Tensor

from gpt import corpora, size
from gpt.config import ConfigError
from gpt.corpora import Corpus
from gpt.lessons import seeds, trained
from gpt.lessons.experiments import (
    bigram,
    dropout,
    encoder,
    gpt2,
    head,
    heads,
    mean,
    mlp,
    norm,
    numbers,
    positions,
    pseudogpt,
    residual,
    scaled,
)
from gpt.lessons.ladder import ALIKE, GPT2, HEADS, NORM, RESIDUAL
from gpt.lessons.lookup import MODELS
from gpt.lessons.passage import Passage, read
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


def passage(name: str) -> Passage:
    """PROBE as a rung reads it."""
    return read(name, PROBE)


def scaling(place: int) -> head.Scaling:
    """One of the factors on attention scores, with heads of 16 numbers."""
    return head.scalings()[place]


def busy(name: str) -> mlp.Neurons:
    """A rung's neurons on PROBE."""
    found = passage(name)
    return mlp.neurons(found.trace, found.ids)


@cache
def leaking(name: str) -> encoder.Leak:
    """A rung judged with the mask on and off, on the whole last tenth."""
    return encoder.leak(trained.load(name).model, ids_of(1))


def streams(name: str) -> pseudogpt.Streams:
    """A rung's stream from place to place on PROBE."""
    return pseudogpt.streams(passage(name).trace)


def norms_apart() -> tuple[float, float]:
    """How many times the loudest token is the quietest, before and after the norm of the second attention, on PROBE."""
    found = passage("norm")
    return norm.spreads(found.loaded.model, found.trace)[2].apart


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
    "mean.times_faster": mean.times_faster,
    "head.variance": lambda: scaling(2).variance,
    "head.variance_scaled": lambda: scaling(0).variance,
    "head.bits": lambda: scaling(0).bits,
    "head.bits_unscaled": lambda: scaling(2).bits,
    "head.bits_slip": lambda: scaling(3).bits,
    "head.largest_slip": lambda: 100 * scaling(3).largest,
    "heads.attention": lambda: heads.one_and_many().many,
    "heads.attention_one": lambda: heads.one_and_many().one,
    "mlp.silent": lambda: 100 * busy("mlp").silent,
    "mlp.arrives": lambda: 100 * residual.gradients(False).arrives,
    "residual.arrives": lambda: 100 * residual.gradients(True).arrives,
    "mlp.arrives_wide": lambda: 100 * residual.gradients(False, std=ALIKE.init_std).arrives,
    "residual.times_wide": lambda: residual.gradients(True, std=ALIKE.init_std).arrives,
    "norm.gains": lambda: size.count(NORM) - size.count(RESIDUAL),
    "norm.spread_first": lambda: float(streams("norm").spread[0].mean()),
    "norm.spread_last": lambda: float(streams("norm").spread[-1].mean()),
    "norm.apart_before": lambda: norms_apart()[0],
    "norm.apart_after": lambda: norms_apart()[1],
    "norm.apart": lambda: streams("norm").apart,
    "pseudogpt.apart": lambda: streams("pseudogpt").apart,
    "norm.first": lambda: float(norm.three_by_three().after[2, 0]),
    "norm.last": lambda: float(norm.three_by_three().after[2, 2]),
    "dropout.mean": lambda: dropout.drop(0.2).mean,
    "little.gap": lambda: at_end("little"),
    "little-dropout.gap": lambda: at_end("little-dropout"),
    "little.best_step": lambda: dropout.turning_point(trained.losses("little")),
    "sizes.per_tenfold": lambda: scaled.line_through(scaled.sizes()).per_tenfold,
    **{f"sizes.step_{i}": lambda i=i: scaled.slopes(scaled.sizes())[i - 1] for i in (1, 2, 3)},
    "scaled.minutes": lambda: trained.load("scaled").record["seconds"] / 60,
    "positions.moved": lambda: 100 * shuffled("positions"),
    "positions.one_layer": lambda: 100 * shuffled("positions", one_layer=True),
    "norm.moved": lambda: 100 * shuffled("norm"),
    "encoder.open": lambda: leaking("encoder").open,
    "encoder.masked": lambda: leaking("encoder").masked,
    "encoder.last_place": lambda: leaking("encoder").last,
    "encoder.in_window": lambda: 100 * encoder.in_window(HEADS.block_size),
    "gpt2.tied_saves": lambda: GPT2.vocab_size * GPT2.n_embd,
    "gpt2.tied_saves_gpt2": lambda: 50_257 * 768 / 1e6,  # GPT-2 small's vocabulary and width (Radford et al. 2019)
    "gpt2.greedy_repeats": lambda: 100 * gpt2.repeats(greedy()),
}
for _name, _rung in MODELS.items():
    if _rung.model is not None:
        FACTS[f"{_name}.parameters"] = lambda model=_rung.model: size.count(model)
        FACTS[f"{_name}.val_loss"] = lambda name=_name: trained.loss(name)
    if _rung.published is not None:
        FACTS[f"{_name}.published"] = lambda published=_rung.published: published.loss


def numbers_in(value: Any) -> Iterator[float]:
    """All numbers of a measurement, however deep."""
    if isinstance(value, list | tuple):
        for one in value:
            yield from numbers_in(one)
    else:
        yield float(value)


def in_per_cent(value: Any) -> Any:
    """A share, or all of a list, times a hundred."""
    return [in_per_cent(one) for one in value] if isinstance(value, list | tuple) else 100 * value


SHARES = (
    "itself",
    "previous",
    "silent",
    "shared",
    "moved",
    "moved_one_layer",
    "repeats",
)  # texts tell them in per cent


# What was measured with three seeds: `heads.itself.least` and `.most` over all seeds and heads, `head.loss.1338`, and
# places of a list by their number from 1, as `residual.without.5.most`.
for _name, _entries in seeds.recorded().items():
    for _what in _entries[0]:
        _values = [in_per_cent(entry[_what]) if _what in SHARES else entry[_what] for entry in _entries]
        _parts = {"": _values}
        if isinstance(_values[0], list):
            _parts |= {f".{i + 1}": [value[i] for value in _values] for i in range(len(_values[0]))}
        for _part, _found in _parts.items():
            FACTS[f"{_name}.{_what}{_part}.least"] = lambda found=_found: min(numbers_in(found))
            FACTS[f"{_name}.{_what}{_part}.most"] = lambda found=_found: max(numbers_in(found))
        for _seed, _value in zip(seeds.SEEDS, _values, strict=True):
            FACTS[f"{_name}.{_what}.{_seed}"] = lambda found=_value: max(numbers_in(found))


def fact(name: str) -> float:
    """The number of that name, computed now. Raises ConfigError for an unknown name, and what its experiment raises."""
    if name not in FACTS:
        raise ConfigError(f"fact is {name!r}, but it must be one of {', '.join(FACTS)}.")
    return float(FACTS[name]())
