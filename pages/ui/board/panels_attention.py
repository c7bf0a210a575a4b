"""The pictures of the attention page: all heads by what they do, and one of them stage by stage."""

from __future__ import annotations

from typing import Any

from gpt.analysis import arithmetic, heads, torch_reference
from gpt.trace import Trace
from pages.ui import cache
from pages.ui.board import payload
from pages.ui.board.panels_model import Panel, roles_of
from pages.ui.state.reading import Reading


def roles(seen: Reading) -> Panel:
    """All heads, to be ordered by what they do on this prompt."""
    config, trace, tokens = seen.config, seen.trace, seen.tokens
    more: dict[str, Any] = {}
    found = []
    if trace is not None and len(trace.pattern):
        found, by_role = roles_of(seen), heads.scores(trace.pattern, tokens)  # (L, H) each
        scores = {name: by_role[name] for name in offered_roles(seen)} | {"diffuse": heads.entropy_share(trace.pattern)}
        more["scores"] = {name: [round(x, 4) for x in score.ravel().tolist()] for name, score in scores.items()}
        more["words"], more["clear"] = {name: heads.WORDS[name] for name in scores}, heads.CLEAR
        titles = {**heads.ROLES, "diffuse": "nothing in particular (diffuse)"}
        more["titles"] = {name: titles[name] for name in scores}
        more["order"] = [layer * config.n_head + head for layer, head in heads.similar(trace.pattern)]
    return "heads", 20, payload.attention(trace, config.n_layer, config.n_head, config.causal, found, **more)


def offered_roles(seen: Reading) -> list[str]:
    """What the heads can be ordered by: what makes sense for this model; of the far diagonals those that it has."""
    usual = cache.usual(seen.inputs.model, seen.inputs.step)
    shares = {} if usual is None else usual.shares
    clear = {name for name, share in shares.items() if float(share.max()) >= heads.CLEAR}
    return [name for name in heads.meaningful(seen.vocabulary) if name not in heads.BACK or name in clear]


def stages(seen: Reading) -> Panel:
    """The six pictures of the chosen head."""
    chosen = seen.inputs
    config, trace, tokens = seen.config, seen.trace, seen.tokens
    header: dict[str, Any] = {
        "T": len(tokens),
        "D": config.head_size,
        "L": config.n_layer,
        "layer": chosen.layer,
        "head": chosen.head,
    }
    header |= {"tokens": tokens, "causal": config.causal, "cell": None, "note": ""}
    if trace is None or not config.n_layer:
        return "stages", 60, payload.stages(None, header)
    found = arithmetic.stages(seen.model, trace, chosen.layer, chosen.head)
    header["cell"], header["note"] = cell(seen, trace), reference_sentence(seen)
    return "stages", 60, payload.stages(found, header)


def reference_sentence(seen: Reading) -> str:
    """How far PyTorch's own attention is from ours, on this prompt."""
    if seen.trace is None or seen.inputs.switches:
        return ""  # PyTorch knows nothing of our switches
    twin = torch_reference.twins(seen.model, seen.trace, seen.inputs.layer, seen.inputs.head)
    return (
        "PyTorch's own attention, given the same weights, gives the same numbers: scaled_dot_product_attention to "
        f"{tiny(twin.fused_difference)}, nn.MultiheadAttention to {tiny(twin.module_difference)}."
    )


def tiny(difference: float) -> str:
    """A difference that is next to nothing, or nothing."""
    return f"{difference:.0e}" if difference else "0"


def cell(seen: Reading, trace: Trace) -> tuple[str, int, int]:
    """The number to work out: the one chosen if it is there, else the largest share of the token one looks at."""
    chosen, query = seen.inputs, seen.query
    return chosen.cell or ("pattern", query, int(trace.pattern[chosen.layer, chosen.head, query].argmax()))


def lines(seen: Reading) -> Panel:
    """Who looks at whom."""
    return "lines", 26, {"tokens": seen.tokens}


def strongest(seen: Reading) -> Panel:
    """The six strongest keys, and a search."""
    return "strongest", 18, {"tokens": seen.tokens}


def neuron(seen: Reading) -> Panel:
    """The products of a query and a key, number by number."""
    return "neuron", 24, {"tokens": seen.tokens}
