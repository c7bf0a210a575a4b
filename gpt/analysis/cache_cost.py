"""What keeping keys and values saves: multiply-adds of a pass, counted, and its time, measured.

One multiply-add is a product and its addition to a sum; a table of C by C costs C² of them for each token. What is not
a product of matrices (norms, softmax, activations) is not counted. Source: Pope et al. 2022, section 2; Kaplan et al.
2020, table 1, which counts two operations for each.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from gpt.config import GPTConfig
from gpt.decoder import Decoder, Textbook, is_known, whole
from gpt.model import GPT
from gpt.past import Past

ROUNDS = 9  # of which the median is told


@dataclass(frozen=True)
class Pass:
    """One pass over the text: what it computes, and what it finds computed."""

    new: int  # tokens whose rows are computed in this pass
    kept: int  # tokens whose keys and values are there already

    @property
    def seen(self) -> int:
        """S: the tokens that are looked at."""
        return self.new + self.kept


@dataclass(frozen=True)
class Cost:
    """Multiply-adds of a model."""

    token: int  # for each token that is computed: q, k, v, the heads' output, the MLP, the output table
    pair: int  # for each pair of a computed token and one that it looks at: the score, and the mix of the values

    def of(self, one: Pass) -> int:
        """Multiply-adds of a pass; the textbook computes scores of later tokens, too, before it masks them."""
        return one.new * self.token + one.new * one.seen * self.pair


@dataclass(frozen=True)
class Timing:
    """Milliseconds of the pass for one more token, medians of several in turns, on this machine at that moment."""

    tokens: int
    kept: float  # with keys and values kept
    anew: float  # all computed anew


def cost(config: GPTConfig) -> Cost:
    """What a model of this config computes."""
    C, L = config.n_embd, config.n_layer
    block = 4 * C * C + (2 * C * config.neurons if config.feed_forward else 0)  # q, k, v, output; MLP up and down
    return Cost(L * block + (0 if config.head == "none" else C * config.vocab_size), 2 * L * C)


def steps(config: GPTConfig, prompt: int, written: int) -> tuple[Pass, ...]:
    """The pass over a prompt of so many tokens, and that after each token that was written on."""
    found, block = list[Pass](), config.block_size
    for length in range(prompt, prompt + written + 1):
        slides = length > block  # then every token stands at another position, or what it had read is out of sight
        kept = 0 if length == prompt or slides or not config.causal else length - 1
        found.append(Pass(min(length, block) - kept, kept))
    return tuple(found)


def why_anew(config: GPTConfig, length: int) -> str:
    """Why nothing is kept for a text of so many tokens, in a sentence; empty if something is."""
    if not config.n_layer:
        return "This model has no layers, so there are no keys and values: each token costs one row of its table."
    if not config.causal:
        return "This model has no causal mask: every new token changes the keys and values of all before it."
    if length <= config.block_size:
        return ""
    moved = f"The window of {config.block_size} tokens is full and slides: "
    if config.position == "none":
        return moved + "what later layers keep of a token was mixed from tokens now out of sight, so all is new."
    vector = "learned position vector" if config.position == "learned" else "position vector"
    return moved + f"each token now stands one place earlier and gets another {vector}, so every key and value is new."


def measure(model: GPT, ids: Sequence[int]) -> Timing:
    """Times the pass that reads the last of these ids, with and without what was kept. Raises ValueError for no ids."""
    if not len(ids):
        raise ValueError("There is no token to read, so there is nothing to measure: type something.")
    ids = list(ids[-model.config.block_size :])
    ways: dict[str, Callable[[], object]] = {"anew": lambda: whole(model, ids)}
    if model.config.causal and len(ids) > 1:
        past = Past()
        with torch.no_grad():
            model(torch.tensor([ids[:-1]]), past=past)
        quick = Decoder(model, past) if is_known(model.config) else Textbook(model, past)

        def again() -> None:
            quick.read(ids[-1])
            if isinstance(quick, Decoder):
                quick.length -= 1  # its row is written over the next time
            else:
                quick.past.cut(len(ids) - 1)

        ways["kept"] = again
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(ROUNDS + 1):  # in turns, so that whatever else the machine does meets both; the first is warm-up
        for name, way in ways.items():
            started = time.perf_counter()
            way()
            if turn:
                taken[name].append(1_000 * (time.perf_counter() - started))
    anew = statistics.median(taken["anew"])
    return Timing(len(ids), statistics.median(taken["kept"]) if "kept" in taken else anew, anew)
