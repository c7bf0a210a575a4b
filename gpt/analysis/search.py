"""The places of a whole text at which each neuron fires most, and at which each head looks most at one kind of place.

One pass over the text for all of them, window by window, with a running top ten: nothing but these is kept. The
windows overlap by an eighth, which is read but not counted, so that every place has a past (but for the first ones).
"""

from __future__ import annotations

import math
import threading
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gpt.analysis.heads import masks, meaningful
from gpt.config import need_one_of
from gpt.model import GPT

KEPT = 10
LONGEST = 128  # tokens of a window, at most: a bounded piece of work


@dataclass(frozen=True)
class Window:
    """One piece of the text: what is read, and from where on it counts."""

    start: int
    end: int
    counted: int  # the first place that counts; those before are counted in the window before


def windows(length: int, block_size: int) -> list[Window]:
    """Pieces that count every place of a text once; in an order that soon has been everywhere."""
    size = min(block_size, LONGEST)
    past = size // 8
    step = max(1, size - past)
    found = [Window(0, min(size, length), 0)] if length else []
    while found and found[-1].end < length:
        counted = found[-1].end
        found.append(Window(max(0, counted - past), min(counted + step, length), counted))
    count = len(found)
    stride = next(s for s in range(max(1, round(0.618 * count)), 2 * count + 2) if math.gcd(s, max(count, 1)) == 1)
    return [found[i * stride % count] for i in range(count)]


class Top:
    """The largest numbers of each of many rows, and where they were found."""

    def __init__(self, rows: int, kept: int = KEPT) -> None:
        self.values = torch.full((rows, kept), -math.inf)  # (rows, kept), falling
        self.places = torch.full((rows, kept), -1)  # (rows, kept)

    def add(self, values: Tensor, places: Tensor) -> None:
        """Values (rows, n) found at places (n,). Most rows have nothing new, and cost one look."""
        better = values.amax(dim=1) > self.values[:, -1]  # (rows,)
        if not better.any():
            return
        new = values[better]  # (some, n)
        all_values = torch.cat([self.values[better], new], dim=1)  # (some, kept + n)
        all_places = torch.cat([self.places[better], places.expand_as(new)], dim=1)  # (some, kept + n)
        best, at = all_values.topk(self.values.shape[1], dim=1)  # (some, kept)
        self.values[better], self.places[better] = best, all_places.gather(1, at)


@dataclass(frozen=True)
class Found:
    """The best places so far of one neuron or head, the strongest first."""

    values: tuple[float, ...]
    places: tuple[int, ...]  # in the text, from 0


class Search:
    """A search over one text by one model. One thread may read on while others look: `read` and `best` share a lock."""

    def __init__(self, model: GPT, ids: Sequence[int], vocabulary: tuple[str, ...]) -> None:
        config = model.config
        self.model, self.vocabulary = model, vocabulary
        self.ids = torch.as_tensor(ids, dtype=torch.int64)  # (length,)
        self.windows = windows(len(self.ids), config.block_size)
        self.in_order = sorted(self.windows, key=lambda one: one.start)
        self.roles = meaningful(vocabulary)
        L, H, N = config.n_layer, config.n_head, config.neurons if config.feed_forward else 0
        self.shape = (L, H, N)
        self.neurons = [Top(N) for _ in range(L if N else 0)]
        self.heads = Top(L * H * len(self.roles))
        self.fired = torch.zeros(L, N, dtype=torch.int64)  # (L, N) at how many places the sum before was above 0
        self.done = 0  # windows
        self.seen = 0  # places
        self.lock = threading.Lock()

    @property
    def share(self) -> float:
        """How much of the text is read, 0 to 1."""
        return self.done / len(self.windows) if self.windows else 1.0

    @property
    def over(self) -> bool:
        """Whether all of it is."""
        return self.done >= len(self.windows)

    def window_of(self, place: int) -> Window:
        """The window in which a place counts; one that is in the text."""
        return self.in_order[bisect_right(self.in_order, place, key=lambda one: one.counted) - 1]

    def text(self, start: int, end: int) -> list[str]:
        """The tokens from one place to before another."""
        return [self.vocabulary[i] for i in self.ids[max(0, start) : max(0, end)].tolist()]

    @torch.no_grad()
    def read(self) -> None:
        """Read the next window; nothing once all are read."""
        if self.over:
            return
        window = self.windows[self.done]
        kept: dict[str, list[Tensor]] = {"mlp_pre": [], "mlp_post": [], "pattern": []}

        def keep(site: str, layer: int, x: Tensor) -> Tensor:
            if site in kept:
                kept[site].append(x[0])  # (T, N), (H, T, T)
            return x

        ids = self.ids[window.start : window.end]  # (T,)
        self.model(ids[None], keep)
        first = window.counted - window.start
        places = torch.arange(window.counted, window.end)  # (n,)
        given = self.given(kept["pattern"], ids.tolist())[:, first:] if kept["pattern"] else None  # (R * L * H, n)
        with self.lock:
            for layer, top in enumerate(self.neurons):
                top.add(kept["mlp_post"][layer][first:].T, places)
                self.fired[layer] += (kept["mlp_pre"][layer][first:] > 0).sum(dim=0)  # (N,)
            if given is not None:
                self.heads.add(given, places)
            self.seen += len(places)
            self.done += 1

    def given(self, patterns: Sequence[Tensor], ids: Sequence[int]) -> Tensor:
        """For every role and head what each token gives to places of that kind, (R * L * H, T)."""
        found = masks([self.vocabulary[i] for i in ids])
        table = torch.stack([found[role] for role in self.roles]).float()  # (R, T, T)
        pattern = torch.cat(list(patterns))  # (L * H, T, T)
        weight = torch.einsum("hqk,rqk->rhq", pattern, table)  # (R, L * H, T)
        return weight.flatten(0, 1)  # (R * L * H, T)

    def best_of_neuron(self, layer: int, neuron: int) -> tuple[Found, float]:
        """Where a neuron fired most so far, and the share of places at which its sum was above 0."""
        with self.lock:
            share = float(self.fired[layer, neuron]) / max(self.seen, 1)
            return found(self.neurons[layer], neuron), share

    def best_of_head(self, layer: int, head: int, role: str) -> Found:
        """Where a head gave most of its attention to one kind of place so far. Raises ValueError for another role."""
        need_one_of("role", role, self.roles)
        L, H, _ = self.shape
        with self.lock:
            return found(self.heads, (self.roles.index(role) * L + layer) * H + head)


def found(top: Top, row: int) -> Found:
    """One row as numbers; what was not found yet is left out."""
    pairs = zip(top.values[row].tolist(), top.places[row].tolist(), strict=True)
    there = [(value, place) for value, place in pairs if place >= 0]
    return Found(tuple(value for value, _ in there), tuple(place for _, place in there))
