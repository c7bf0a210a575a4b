"""The sum behind one number of the page Embeddings: an input's, or the cosine of two rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pages.ui.board.panels.worked import TERMS, Worked, loading, outcome
from pages.ui.board.words import quoted
from pages.ui.state.reading import Reading

if TYPE_CHECKING:
    from torch import Tensor


def panel(seen: Reading) -> Worked:
    """The chosen number; the largest of the token one looks from, if none is chosen or there is no such one."""
    kind, row, column = seen.inputs.embeddings.number or ("input", 0, 0)
    if kind == "tokens" and max(row, column) < len(seen.vocabulary):
        names = [f"{quoted(seen.vocabulary[i])} (id {i})" for i in (row, column)]
        return cosine(
            seen, seen.checkpoint.model.token_embedding.weight, "token_embedding.weight", (row, column), names
        )
    table = seen.model.positions(seen.config.block_size)  # (P, C) or None
    if kind == "positions" and table is not None and max(row, column) < len(table):
        names = [f"position {i + 1}" for i in (row, column)]
        return cosine(seen, table, f"positions({len(table)})", (row, column), names)
    if not seen.ids:
        return Worked(sentence="Click any number: the sum behind it will stand here.")
    return added(seen, row, column) if kind == "input" else added(seen, 0, 0)


def added(seen: Reading, row: int, column: int) -> Worked:
    """Token + position, counted from 1; a place that is not there gives way to the largest number of the last token."""
    from gpt.analysis.embeddings import input_parts

    token, position = input_parts(seen.model, seen.ids)  # (T, C), (T, C) or None
    whole = token if position is None else token + position  # (T, C)
    T, C = whole.shape
    if not (1 <= row <= T and 1 <= column <= C):
        row, column = seen.query + 1, int(whole[seen.query].abs().argmax()) + 1
    t, c = row - 1, column - 1
    parts = [(f"token {row}", float(token[t, c]))]
    if position is not None:
        parts.append((f"position {row}", float(position[t, c])))
    recomputed, shown = sum(number for _, number in parts), float(whole[t, c])
    code = [
        "import torch",
        "from gpt import checkpoint",
        f"model = {loading(seen)}.model",
        f"ids = {list(seen.ids)}",
        f"print(model.embed(torch.tensor([ids]))[0, {t}, {c}].item())",
    ]
    return Worked(
        formula="input = token table [id] + position table [place]",
        sentence=f"Number {column} of what goes in for token {row}, {quoted(seen.tokens[t])}{other(seen)}. "
        "Everything counts from 1; only the lines of PyTorch count from 0.",
        terms=[(label, f"{number:.6f}", number) for label, number in parts],
        sum=outcome(shown, recomputed, abs(shown - recomputed)),
        difference=abs(shown - recomputed),
        code="\n".join(code),
    )


def cosine(seen: Reading, table: Tensor, name: str, pair: tuple[int, int], names: Sequence[str]) -> Worked:
    """The cosine of two rows: the products of their numbers, over both lengths."""
    a, b = (table.detach()[i].double() for i in pair)  # (C,) each
    lengths = float(a.norm()), float(b.norm())
    over = max(lengths[0] * lengths[1], 1e-12)
    products = a * b / over  # (C,)
    order = products.abs().argsort(descending=True).tolist()
    first, rest = order[:TERMS], order[TERMS:]
    terms = [
        (f"number {c + 1}", f"{float(a[c]):.4f} × {float(b[c]):.4f} / {over:.4f}", float(products[c])) for c in first
    ]
    recomputed = float(products.sum())
    shown = float((table.detach()[pair[0]].float() @ table.detach()[pair[1]].float()) / over)
    code = [
        "import torch",
        "from gpt import checkpoint",
        f"model = {loading(seen)}.model",
        f"table = model.{name}",
        f"print(torch.cosine_similarity(table[{pair[0]}], table[{pair[1]}], dim=0).item())",
    ]
    note = other(seen) if name.startswith("positions") else ""
    smaller = f"{len(rest)} smaller terms together {float(products[rest].sum()):.4f}. " if rest else ""
    return Worked(
        formula="cosine = a · b / (|a| × |b|)",
        sentence=f"{names[0]}, of length {lengths[0]:.4f}, and {names[1]}, of length {lengths[1]:.4f}{note}.",
        terms=terms,
        sum=smaller + outcome(shown, recomputed, abs(shown - recomputed)),
        difference=abs(shown - recomputed),
        code="\n".join(code),
    )


def other(seen: Reading) -> str:
    """What to say while the page shows other vectors than the model's own."""
    return "" if seen.model is seen.checkpoint.model else " (of other vectors than these lines load)"
