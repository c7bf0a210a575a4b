"""One switch that breaks the feed-forward part, and what is lost: on this text, and over held-out ones."""

from __future__ import annotations

from gpt.analysis import mlp_switches, switches
from gpt.trace import Trace, trace
from pages.ui.board.feedforward import Look, waiting
from pages.ui.board.panels.switches import Switches, both
from pages.ui.derived.neurons import costs
from pages.ui.state.reading import Reading

TITLE, TOLD = "Break it", "breaks"


def panel(seen: Reading, shown: Look | None) -> Switches:
    """The switches of an MLP; nothing is compared while none is turned."""
    if shown is None:
        sentence = waiting(seen, "Silence a neuron, or a layer's whole MLP, and see what is lost.")
        return Switches(title=TITLE, told=TOLD, switches=[], on=(), sentence=sentence)
    table = [(name, titles(shown)[name], mlp_switches.SWITCHES[name]) for name in mlp_switches.available(seen.config)]
    on = shown.breaks
    if not on:
        sentence = "Turn one: the same text once more, with that part broken. None is on, so nothing differs."
        return Switches(title=TITLE, told=TOLD, switches=table, on=on, sentence=sentence)
    model, edits = mlp_switches.broken(seen.model, on, shown.layer, shown.neuron)
    after = trace(model, seen.ids, (*(seen.flow.edits if seen.flow else ()), *edits))
    change = switches.compare(shown.trace, after, seen.ids, shown.layer, 0)
    found = [
        (f"logit of {shown.called} here", both(logit(shown, shown.trace), logit(shown, after), "")),
        ("next token, KL(before ‖ after)", f"{change.kl:.4f} bits"),
    ]
    if change.loss_before is not None and change.loss_after is not None:
        found.append(("loss on this text", both(change.loss_before, change.loss_after, "nats")))
    lost = costs(seen.inputs.model, seen.inputs.step, on, shown.layer, shown.neuron)
    if lost is not None:
        found.append(
            (
                "loss on held-out texts, without the edits" if seen.edited else "loss on held-out texts",
                both(*lost, "nats"),
            )
        )
    tops = ((f"Next token, {seen.usual}", change.top_before), ("Broken", change.top_after))
    return Switches(
        title=TITLE,
        told=TOLD,
        switches=table,
        on=on,
        facts=found,
        tops=[(title, [(seen.vocabulary[token], share) for token, share in top]) for title, top in tops],
        sentence="The same text once more, with that part broken; all else on this page stays "
        + seen.usual.replace("with the edits", "as it is")
        + ".",
    )


def titles(shown: Look) -> dict[str, str]:
    """What each switch breaks."""
    layer = shown.layer + 1
    return {
        "neuron": f"Neuron {shown.neuron + 1} silent.",
        "layer": f"MLP of layer {layer} off.",
        "identity": f"No bend in layer {layer}.",
    }


def logit(shown: Look, found: Trace) -> float:
    """The logit, measured from the mean of all."""
    row = found.logits[shown.position]  # (V,)
    return float(row[shown.token] - row.mean())
