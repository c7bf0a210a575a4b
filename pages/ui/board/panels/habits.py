"""The places of the model's own text at which a head gives most of its attention to one kind of place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gpt.analysis.heads import ROLES, meaningful
from pages.ui import cache
from pages.ui.board.panel import Panel
from pages.ui.derived.passages import Passage, of_head
from pages.ui.derived.search import looked
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Habits(Panel):
    """Layer and head count from 0. It tells what is chosen to be looked at as `choice`, layer and head as `view`."""

    name = "habits"
    L: int  # 0: no heads
    H: int
    layer: int
    head: int
    role: str
    roles: Sequence[tuple[str, str]] = ()  # name, how it ends "most on ..."
    share: float = 1.0  # how much of the text is searched
    places: Sequence[Passage] = ()
    found: str = ""
    sentence: str


def panel(seen: Reading) -> Habits:
    """The chosen head and kind of place; the kind that it looks at most as a rule, if none is chosen."""
    chosen, config = seen.inputs, seen.config
    if not config.n_layer:
        return Habits(L=0, H=0, layer=0, head=0, role="", sentence="This model has no heads: choose one with blocks.")
    roles = meaningful(seen.vocabulary)
    role = chosen.feedforward.role if chosen.feedforward.role in roles else clearest(seen, roles)
    found = looked(chosen.model, chosen.step)
    search = found.search
    places: Sequence[Passage] = ()
    if search is not None and search.seen:
        places = of_head(chosen.model, chosen.step, chosen.layer, chosen.head, role, search.done)
    return Habits(
        L=config.n_layer,
        H=config.n_head,
        layer=chosen.layer,
        head=chosen.head,
        role=role,
        roles=[(name, ROLES[name]) for name in roles],
        share=1.0 if found.problem else search.share if search else 0.0,
        places=places,
        found=found.problem or ("" if places else "The text is being searched."),
        sentence=f"Layer {chosen.layer + 1}, head {chosen.head + 1}: the ten places of the model's own text at which "
        f"it gives most of its attention to {ROLES[role]}.",
    )


def clearest(seen: Reading, roles: Sequence[str]) -> str:
    """What the head looks at most over held-out texts."""
    usual = cache.usual(seen.inputs.model, seen.inputs.step)
    at = (seen.inputs.layer, seen.inputs.head)
    shares = {} if usual is None else {role: float(share[at]) for role, share in usual.shares.items() if role in roles}
    return max(shares, key=lambda role: shares[role], default=roles[0])
