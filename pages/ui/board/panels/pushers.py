"""Which neurons and heads, of all layers, push a token's logit most at this place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gpt.analysis import mlp
from pages.ui.board.feedforward import Look, waiting
from pages.ui.board.panel import Panel
from pages.ui.board.words import quoted
from pages.ui.state.reading import Reading

NEURONS, HEADS, PREDICTED = 6, 3, 6  # that are listed, up and down; likeliest tokens to choose from


@dataclass(frozen=True, kw_only=True, eq=False)
class Pushers(Panel):
    """Layers, neurons and heads count from 0. It tells the token that is asked for, and the neuron, as `choice`."""

    name = "pushers"
    toward: str  # what was asked for; "": the predicted token
    token: str  # whose logit it is
    layer: int
    neuron: int  # the chosen one
    predicted: Sequence[str] = ()
    neurons: Sequence[tuple[int, int, float, float]] = ()  # layer, neuron, activation, effect; the largest first
    heads: Sequence[tuple[int, int, float]] = ()  # layer, head, effect
    sentence: str


def panel(seen: Reading, shown: Look | None) -> Pushers:
    """The strongest of all neurons and heads, up and down."""
    toward = seen.inputs.feedforward.toward
    if shown is None:
        sentence = waiting(seen, "Type a text, then a token here: who pushes it most?")
        return Pushers(toward=toward, token="", layer=0, neuron=0, sentence=sentence)
    found, post = shown.effects, shown.trace.mlp_post[:, shown.position]  # (L, N)
    likely = shown.trace.logits[shown.position].topk(min(PREDICTED, len(seen.vocabulary))).indices.tolist()
    neurons = mlp.strongest(found.neurons, NEURONS)
    together = f"all neurons {float(found.neurons.sum() + found.biases.sum()):+.2f}, all heads "
    together += f"{float(found.heads.sum()):+.2f}"
    return Pushers(
        toward=toward,
        token=seen.vocabulary[shown.token],
        layer=shown.layer,
        neuron=shown.neuron,
        predicted=[seen.vocabulary[token] for token in likely],
        neurons=[(layer, n, float(post[layer, n]), effect) for layer, n, effect in neurons],
        heads=mlp.strongest(found.heads, HEADS),
        sentence=f"{asked(seen, shown)} What each adds to its logit itself at {shown.place}: activation × what it "
        f"writes × output table, in nats above the mean of all tokens. {together[0].upper()}{together[1:]}.",
    )


def asked(seen: Reading, shown: Look) -> str:
    """Whose logit it is, and why."""
    text = seen.inputs.feedforward.toward
    if not text:
        return f"{shown.called}, the likeliest next token."
    if text in (seen.vocabulary[shown.token], quoted(seen.vocabulary[shown.token])[1:-1]):
        return f"{shown.called}, as you asked."
    known = seen.checkpoint.tokenizer.encode_known(text)[0]
    why = f"the first of the {len(known)} tokens of your text" if known else "the likeliest, since yours is no token"
    return f"{shown.called}, {why}."
