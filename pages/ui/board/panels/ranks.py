"""The rank of a token through the layers, at the token that one looks from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gpt.analysis.lens import boundary_names
from pages.ui.board.panel import Panel
from pages.ui.board.stream import Stream
from pages.ui.board.words import quoted
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Ranks(Panel):
    """One line a token. It tells the number that one clicks as `choice`."""

    name = "ranks"
    V: int
    names: Sequence[str]
    lines: Sequence[tuple[str, str, Sequence[int], Sequence[float]]] = ()  # token, what it is, ranks, probabilities
    sentence: str
    position: int = 0
    ids: Sequence[int] = ()  # of the lines
    number: str = ""


def panel(seen: Reading, stream: Stream | None) -> Ranks:
    """The chosen token, and the true next one where it is known and another."""
    from gpt.analysis.lens import read

    names, V = boundary_names(seen.config), seen.config.vocab_size
    if stream is None:
        return Ranks(V=V, names=names, sentence="Type: how a guess rises through the layers will stand here.")
    import torch

    position, chosen = stream.position, stream.found.token
    true = seen.ids[position + 1] if position + 1 < len(seen.ids) else None
    with torch.no_grad():
        logits = seen.model.unembed_stream(stream.streams[:, position])  # (S, V)
    lines, ids = [], []
    for token, what in ((chosen, "chosen"), (true, "true next")):
        if token is None or token in ids:
            continue
        _, _, rank, share = read(logits, torch.full((len(logits),), token), 1)
        both = "chosen, and the true next" if token == true else what
        lines.append((stream.words[token], both, rank.tolist(), share.tolist()))
        ids.append(token)
    word, _, rank, share = lines[0]
    return Ranks(
        V=V,
        names=names,
        lines=lines,
        sentence=f"After token {position + 1}, {quoted(word)} is number {rank[0]:,} of {V:,} at the embedding, and "
        f"number {rank[-1]:,} at the end."
        if len(rank) > 1
        else f"After token {position + 1}, {quoted(word)} is number {rank[0]:,} of {V:,}.",
        position=position,
        ids=ids,
        number=seen.inputs.residual.number,
    )
