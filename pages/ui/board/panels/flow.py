"""What flows: four measures of the same look, and every head's direct effect on the prediction."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpt.analysis import attribution
from gpt.trace import Trace
from pages.ui.board.panel import Panel
from pages.ui.board.words import quoted
from pages.ui.state.reading import Reading

if TYPE_CHECKING:
    from torch import Tensor

EFFECT = "direct effect"  # the one measure that has a sign
SIZE = "|direct effect|"


@dataclass(frozen=True, kw_only=True, eq=False)
class Flow(Panel):
    """Measures of one token's row, their rank correlations, and an effect of every head; no rows while it waits."""

    name = "flow"
    tokens: Sequence[str]
    rows: Sequence[tuple[str, Sequence[float], bool]] = ()  # name, (T,) values, whether they have a sign
    heads: Sequence[float] = ()  # (L * H,) nats
    H: int
    agreement: Sequence[tuple[str, float]] = ()
    sentence: str
    query: int = 0
    causal: bool = True
    legend: str = ""  # of the heads


def panel(seen: Reading) -> Flow:
    """The token that one looks from, in the chosen head."""
    trace, config = seen.trace, seen.config
    if trace is None or not config.n_layer:
        waiting = "How much each token hands over, and to what effect, will stand here."
        return Flow(tokens=seen.tokens, H=config.n_head, sentence=waiting)
    rows = measured(seen, trace)
    allowed = seen.query + 1 if config.causal else len(seen.ids)
    sizes = {SIZE if name == EFFECT else name: row[:allowed].abs() for name, row in rows.items()}
    effects = attribution.direct_effect(seen.model, trace, seen.query)  # (L, H)
    return Flow(
        tokens=seen.tokens,
        rows=[(name, row.tolist(), name == EFFECT) for name, row in rows.items()],
        heads=effects.ravel().tolist(),
        H=config.n_head,
        agreement=[(f"{one} and {other}", rank) for (one, other), rank in attribution.agreement(sizes).items()],
        sentence="Attention says where a head looks, not what it takes: a token with a short value vector hands over "
        f"little, and most of what is handed over may not matter for the prediction. {ranking(seen, sizes)}",
        query=seen.query,
        causal=config.causal,
        legend=legend(seen, trace, effects),
    )


def measured(seen: Reading, trace: Trace) -> dict[str, Tensor]:
    """What the token takes from each token, by four measures, (T,) each."""
    layer, head, query = seen.inputs.layer, seen.inputs.head, seen.query
    return {
        "raw pattern": trace.pattern[layer, head, query],  # (T,)
        "× value length": attribution.layer_weighted(trace, seen.model, layer)[head, query],  # (T,)
        "rollout": attribution.rollout(trace, seen.model)[layer, query],  # (T,)
        EFFECT: attribution.token_effect(seen.model, trace, layer, head, query),  # (T,)
    }


def ranking(seen: Reading, sizes: Mapping[str, Tensor]) -> str:
    """What the rank correlations are of; a measure whose numbers are all equal ranks nothing. Sizes (allowed,) each."""
    who, allowed = f"token {seen.query + 1}", len(sizes[SIZE])
    if allowed == 1:
        return f"{who.capitalize()} sees only one token, so there is nothing to rank."
    flat = [name for name, row in sizes.items() if attribution.ranks_nothing(row)]
    left = f" ({' and '.join(flat)}: all equal, so left out)" if flat else ""
    return f"Rank correlations over the {allowed} tokens that {who} sees, on this prompt{left}:"


def legend(seen: Reading, trace: Trace, effects: Tensor) -> str:
    """What the heads' numbers are, and which is the largest of those that are not switched off; effects (L, H)."""
    predicted = seen.vocabulary[int(trace.logits[seen.query].argmax())]
    ranked, off = effects.clone(), ""
    if "head" in seen.inputs.switches:
        ranked[seen.inputs.layer, seen.inputs.head] = -math.inf
        off = f" Layer {seen.inputs.layer + 1}, head {seen.inputs.head + 1} is switched off: it adds nothing."
    if written := sorted(
        {edit.layer + 1 for edit in (seen.flow.edits if seen.flow else ()) if edit.site == "attn_out"}
    ):
        off += f" What attention writes is edited in layer {', '.join(map(str, written))}; this is counted before it."
    layer, head = divmod(int(ranked.argmax()), seen.config.n_head)
    most = (
        f"; the most: layer {layer + 1}, head {head + 1}, {float(ranked.max()):+.2f}"
        if ranked.max() > -math.inf
        else ""
    )
    return (
        f"After token {seen.query + 1} of this prompt the model expects {quoted(predicted)}. What each head (a "
        f"row is a layer) adds to that logit directly, in nats above the mean of all tokens{most}.{off}"
    )
