"""What the attention page says about one head: the sum behind a number, what flows, and what if it were otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gpt.analysis import arithmetic, attribution, switches
from gpt.analysis.arithmetic import Term, Worked
from pages.ui.board.panels_attention import cell, tiny
from pages.ui.board.panels_model import Panel
from pages.ui.state.reading import Reading

PROJECT = Path(__file__).resolve().parents[3]
TERMS = 6  # that are shown one by one
TITLES = {
    "mask": "Causal mask off.",
    "scale": "Scale off.",
    "scale bug": "The scale bug.",
    "positions": "Positions off.",
    "head": "This head off.",
    "uniform": "Uniform attention.",
}


def worked(seen: Reading) -> Panel:
    """The sum behind one number, and PyTorch that gives it."""
    chosen = seen.inputs
    if seen.trace is None or not seen.config.n_layer:
        return "worked", 36, {"formula": "", "sentence": "Click any number: the sum behind it will stand here."}
    stage, row, column = cell(seen, seen.trace)
    sum_ = arithmetic.worked(seen.model, seen.trace, chosen.layer, chosen.head, stage, row, column)
    first, smaller, rest = arithmetic.split(sum_, TERMS)
    tokens = seen.tokens
    what = (
        f"token {row + 1}, number {column + 1}" if stage in "qkvz" else f"token {row + 1} looks at token {column + 1}"
    )
    data: dict[str, Any] = {"formula": sum_.formula, "difference": sum_.difference}
    data["sentence"] = f"Stage {stage}, {what}. In the formula everything counts from 0, as PyTorch does."
    data["terms"] = [[label(term.label, tokens), operands(stage, term), term.product] for term in first]
    data["sum"] = spelled(sum_, smaller, rest)
    data["code"] = arithmetic.pytorch(loading(seen), seen.ids, sum_, chosen.switches)
    return "worked", 36, data


def label(name: str, tokens: Sequence[str]) -> str:
    """A term's label; a token also shows its text."""
    kind, _, place = name.partition(" ")
    return f"token {place} {tokens[int(place)]!r}" if kind == "token" and place.isdigit() else name


def operands(stage: str, term: Term) -> str:
    """What is multiplied; of the softmax, what is raised."""
    numbers = [f"{x:.4f}" for x in term.factors]
    return f"exp({numbers[0]} - {numbers[1]})" if stage == "pattern" else " × ".join(numbers)


def spelled(sum_: Worked, smaller: int, rest: float) -> str:
    """What comes out: shown, recomputed, difference."""
    more = f"{smaller} smaller terms together {rest:.4f}. " if smaller else ""
    bias = f"Bias {sum_.bias:.4f}. " if sum_.bias is not None else ""
    return (
        f"{sum_.text}. {more}{bias}Shown {sum_.shown:.6g}, recomputed in double precision {sum_.recomputed:.6g}: "
        f"difference {tiny(sum_.difference)}."
    )


def loading(seen: Reading) -> str:
    """The expression that loads this very model, from the project's folder."""
    path = seen.inputs.shelved.file(seen.inputs.step)
    # Where else on the server runs lie is nobody's business: then the name of the file that one can download.
    shown = path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else Path(path.name)
    return f'checkpoint.load("{shown.as_posix()}")'


def what_flows(seen: Reading) -> Panel:
    """Four measures of the same look, and every head's direct effect on the prediction."""
    trace, config, tokens = seen.trace, seen.config, seen.tokens
    data: dict[str, Any] = {"tokens": tokens, "rows": [], "heads": [], "H": config.n_head, "agreement": []}
    if trace is None or not config.n_layer:
        return "flow", 34, {**data, "sentence": "How much each token hands over, and to what effect, will stand here."}
    layer, head, query = seen.inputs.layer, seen.inputs.head, seen.query
    rows = {
        "raw pattern": trace.pattern[layer, head, query],  # (T,)
        "× value length": attribution.layer_weighted(trace, seen.model, layer)[head, query],  # (T,)
        "rollout": attribution.rollout(trace)[layer, query],  # (T,)
        "direct effect": attribution.token_effect(seen.model, trace, layer, head, query),  # (T,)
    }
    allowed = query + 1 if config.causal else len(tokens)
    ranks = attribution.agreement({name: row[:allowed].abs() for name, row in rows.items()})
    predicted = seen.vocabulary[int(trace.logits[query].argmax())]
    effects = attribution.direct_effect(seen.model, trace, query)  # (L, H)
    best = int(effects.argmax())
    data["rows"] = [[name, row.tolist(), name == "direct effect"] for name, row in rows.items()]
    data["agreement"] = [[f"{one} and {other}", rank] for (one, other), rank in ranks.items()]
    data |= {"heads": effects.ravel().tolist(), "query": query, "causal": config.causal}
    data["headsNote"] = (
        f"After token {query + 1} the model expects {predicted!r}. What each head (layers down) adds to that logit "
        f"directly, in nats above the mean of all tokens; the most: layer {best // config.n_head + 1}, head "
        f"{best % config.n_head + 1}, {float(effects.max()):+.2f}."
    )
    data["sentence"] = (
        "Attention says where a head looks, not what it takes: a token with a short value vector hands over little, "
        "and most of what is handed over may not matter for the prediction. Rank correlations on this prompt:"
    )
    return "flow", 34, data


def what_if(seen: Reading) -> Panel:
    """The switches, and what they change in the chosen head and in the prediction."""
    chosen, config = seen.inputs, seen.checkpoint.config
    table = [[name, TITLES[name], switches.SWITCHES[name]] for name in switches.available(config)]
    data: dict[str, Any] = {"switches": table, "on": list(chosen.switches)}
    data |= {
        "facts": [],
        "tops": [],
        "sentence": "Turn a switch: the model runs without that part, everywhere on this page.",
    }
    if seen.trace is None or seen.trained is None or not config.n_layer:
        return "switches", 60, data
    change = switches.compare(seen.trained, seen.trace, seen.ids, chosen.layer, chosen.head)
    vocabulary = seen.vocabulary

    def both(before: float, after: float, unit: str) -> str:
        return f"{before:.3f} → {after:.3f} {unit}"

    facts = [
        ["entropy of this head's rows", both(change.entropy_before, change.entropy_after, "bits")],
        ["largest change of a weight", f"{100 * change.largest:.2f} %"],
        ["next token, KL(before ‖ after)", f"{change.kl:.4f} bits"],
    ]
    if change.loss_before is not None and change.loss_after is not None:
        facts.append(["loss on this text", both(change.loss_before, change.loss_after, "nats")])
    data["facts"] = facts
    data["tops"] = [
        [title, [[vocabulary[token], share] for token, share in top]]
        for title, top in (("Next token, as trained", change.top_before), ("With the switches", change.top_after))
    ]
    if not chosen.switches:
        data["sentence"] += " Nothing is switched now, so every difference is exactly 0."
    return "switches", 60, data
