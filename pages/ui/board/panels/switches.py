"""The switches, and what they change in the chosen head and in the prediction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gpt.analysis import switches
from gpt.analysis.switches import Change
from pages.ui.board.panel import Panel
from pages.ui.state.reading import Reading

TITLES = {
    "mask": "Causal mask off.",
    "scale": "Scale off.",
    "scale bug": "The scale bug.",
    "positions": "Positions off.",
    "head": "This head off.",
    "uniform": "Uniform attention.",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Switches(Panel):
    """The switches that this model has, and what changed. It tells those that are turned."""

    name = "switches"
    title: str = "What if?"
    told: str = ""  # the page's own choice that they are; "": the switches that all pages share
    switches: Sequence[tuple[str, str, str]]  # name, title, sentence
    on: Sequence[str]
    facts: Sequence[tuple[str, str]] = ()
    tops: Sequence[tuple[str, Sequence[tuple[str, float]]]] = ()  # likeliest next tokens: as trained, and now
    sentence: str


def panel(seen: Reading) -> Switches:
    """Nothing is compared while there is nothing to read."""
    chosen, config = seen.inputs, seen.checkpoint.config
    sentence = "Turn one: the model runs without it, everywhere on this page."
    table = [(name, TITLES[name], switches.SWITCHES[name]) for name in switches.available(config)]
    if seen.trace is None or seen.before is None or not config.n_layer:
        return Switches(switches=table, on=chosen.switches, sentence=sentence)
    if not chosen.switches:
        sentence += " None is on, so nothing differs."
    change = switches.compare(seen.before, seen.trace, seen.ids, chosen.layer, chosen.head)
    tops = ((f"Next token, {seen.usual}", change.top_before), ("With the switches", change.top_after))
    return Switches(
        switches=table,
        on=chosen.switches,
        facts=facts(change),
        tops=[(title, [(seen.vocabulary[token], share) for token, share in top]) for title, top in tops],
        sentence=sentence,
    )


def facts(change: Change) -> list[tuple[str, str]]:
    """What changed, in numbers with units."""
    found = [
        ("entropy of this head's rows", both(change.entropy_before, change.entropy_after, "bits")),
        ("largest change of a weight", f"{100 * change.largest:.2f} %"),
        ("next token, KL(before ‖ after)", f"{change.kl:.4f} bits"),
    ]
    if change.loss_before is not None and change.loss_after is not None:
        found.append(("loss on this text", both(change.loss_before, change.loss_after, "nats")))
    return found


def both(before: float, after: float, unit: str) -> str:
    """One number before and after."""
    return f"{before:.3f} → {after:.3f} {unit}"
