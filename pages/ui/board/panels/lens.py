"""The lens: what the model would say if it stopped at a boundary between blocks, at every position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gpt.analysis.lens import boundary_names, how_read, settled
from pages.ui.board.panel import Panel, array, sized
from pages.ui.board.stream import BEST, WINDOW, Stream
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Lens(Panel):
    """The few best tokens of each boundary and position. It tells the number that one clicks as `choice`."""

    name = "lens"
    T: int
    S: int
    K: int
    start: int  # the place of the first token shown
    tokens: Sequence[str] = sized("T")
    names: Sequence[str] = sized("S")
    words: Sequence[str]  # of the readings
    how: str
    sentence: str
    number: str  # that is worked out
    best: np.ndarray = array("uint16", "S", "T", "K")  # places in `words`
    shares: np.ndarray = array("float32", "S", "T", "K")
    rank: np.ndarray = array("uint16", "S", "T")  # of the true next token, from 1; 0: it is not known
    share: np.ndarray = array("float32", "S", "T")


def panel(seen: Reading, stream: Stream | None) -> Lens:
    """The grid; empty without a token."""
    names, K = boundary_names(seen.config), min(BEST, seen.config.vocab_size)
    S = len(names)
    if stream is None:
        none = np.zeros((S, 0, K), np.float32)
        waiting = "Type: for each token, what the model would say next if it stopped after a block, stands here."
        return Lens(
            T=0, S=S, K=K, start=0, tokens=(), names=names, words=(), how=how_read(seen.config), sentence=waiting,
            number="", best=none.astype(np.uint16), shares=none, rank=none[..., 0].astype(np.uint16),
            share=none[..., 0],
        )  # fmt: skip
    found, end = stream.lens, WINDOW
    ids = found.best[:, :end].numpy()  # (S, T, K)
    known, places = numbered(ids)
    return Lens(
        T=ids.shape[1],
        S=S,
        K=K,
        start=stream.start,
        tokens=seen.tokens[stream.start :][:end],
        names=names,
        words=[stream.words[i] for i in known],
        how=how_read(seen.config),
        sentence=formed(stream),
        number=seen.inputs.residual.number,
        best=places,
        shares=np.ascontiguousarray(found.shares[:, :end].float().numpy()),
        rank=found.rank[:, :end].numpy().astype(np.uint16),
        share=np.ascontiguousarray(found.share[:, :end].float().numpy()),
    )


def numbered(ids: np.ndarray) -> tuple[list[int], np.ndarray]:
    """The different ids in the order of the text, so that a key behind it leaves their places; and each one's place."""
    flat = ids.transpose(1, 0, 2).ravel()
    known, first, inverse = np.unique(flat, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    place = np.empty(len(known), np.uint16)
    place[order] = np.arange(len(known), dtype=np.uint16)
    S, T, K = ids.shape
    return known[order].tolist(), np.ascontiguousarray(place[inverse].reshape(T, S, K).transpose(1, 0, 2))


def formed(stream: Stream) -> str:
    """When the guess was formed, over all tokens that are shown."""
    S, T = len(stream.streams), stream.lens.best.shape[1]
    if S == 1:
        return "One boundary only: this model has no blocks."
    first = settled(stream.lens.best)  # (T,)
    last = int((first == S - 1).sum())
    right = int((stream.lens.rank[-1] == 1).sum())
    known = int((stream.lens.rank[-1] > 0).sum())
    truth = f" The true next token is the model's first guess after {right} of {known}." if known else ""
    seen = stream.seen.ids[stream.start :][:T]
    own = sum(guess == token for guess, token in zip(stream.lens.best[0, :, 0].tolist(), seen, strict=False))
    start = f"Read at the embedding, the first guess is the token itself for {own} of {T}."
    return f"{start} After {last} of {T} tokens the last block changes the first guess.{truth}"
