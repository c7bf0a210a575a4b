"""`nn.Linear` on one-hot vectors beside `nn.Embedding`, on this model's table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.board.panel import Panel
from pages.ui.board.words import tiny
from pages.ui.derived import embeddings as derived
from pages.ui.state.reading import Reading

CODE = """table = model.token_embedding.weight       # (V, C)
linear = nn.Linear(V, C, bias=False)
linear.weight = nn.Parameter(table.T)      # it keeps (C, V)
hot = F.one_hot(ids, V).float()            # (T, V)
torch.equal(linear(hot), table[ids])       # True"""


@dataclass(frozen=True, kw_only=True, eq=False)
class OneHot(Panel):
    """What is the same, and what it costs."""

    name = "onehot"
    facts: Sequence[tuple[str, str]]
    sentence: str
    code: str = CODE


def panel(seen: Reading) -> OneHot:
    """Compared once a model, on this server."""
    found = derived.onehot(seen.inputs.model, seen.inputs.step)
    gradient = (
        "equal, bit for bit"
        if not found.gradient
        else f"differ by {tiny(found.gradient)} at most: summed in another order"
    )
    facts = [
        ("outputs", "equal, bit for bit" if found.equal else "not equal"),
        ("gradients of the table", gradient),
        ("look up", f"{1_000 * found.looked_up:.1f} µs"),
        ("multiply", f"{1_000 * found.multiplied:.1f} µs ({found.multiplied / max(found.looked_up, 1e-9):.1f} ×)"),
        ("multiplications", f"{found.products:,}; not by 0: {found.T * found.C:,}"),
    ]
    return OneHot(
        facts=facts,
        sentence=f"{found.T} tokens, one of {found.V:,} each: a row of {found.C} numbers is read, or multiplied out. "
        "Times of this server.",
    )
