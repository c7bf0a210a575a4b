"""What the panels of the feed-forward page have in common: one neuron, at one place, seen towards one token."""

from __future__ import annotations

from dataclasses import dataclass

from gpt.analysis import mlp, mlp_switches
from gpt.analysis.mlp import Effects
from gpt.figures.glyphs import BLANKS
from gpt.trace import Trace
from pages.ui.board.words import quoted
from pages.ui.state.reading import Reading

GLYPHS = {shown: blank for blank, (shown, _) in BLANKS.items()}


@dataclass(frozen=True)
class Look:
    """One neuron at one place of a prompt, seen towards one token's logit."""

    seen: Reading
    trace: Trace
    effects: Effects
    layer: int
    position: int
    neuron: int
    token: int  # whose logit
    breaks: tuple[str, ...]

    @property
    def called(self) -> str:
        """The token whose logit is pushed, in a sentence."""
        return quoted(self.seen.vocabulary[self.token])

    @property
    def place(self) -> str:
        """Where one looks, in a sentence."""
        return f"token {self.position + 1}, {quoted(self.seen.tokens[self.position])}"


def look(seen: Reading) -> Look | None:
    """What is shown; None without a token or without neurons."""
    chosen, trace = seen.inputs, seen.trace
    if trace is None or not mlp.has_neurons(seen.config):
        return None
    own, position, layer = chosen.feedforward, seen.query, chosen.layer
    token = token_of(seen, own.toward)
    effects = mlp.effects(seen.model, trace, position, token)
    neuron = own.neuron
    if neuron is None or neuron >= effects.neurons.shape[1]:
        neuron = int(effects.neurons[layer].abs().argmax())
    breaks = mlp_switches.compatible(seen.config, own.breaks)
    return Look(seen, trace, effects, layer, position, neuron, effects.token, breaks)


def token_of(seen: Reading, text: str) -> int | None:
    """The token that a text names: itself, its glyph, or the first one that it begins with; None if there is none."""
    for word in (text, GLYPHS.get(text, "")):
        if word and word in seen.vocabulary:
            return seen.vocabulary.index(word)
    known = seen.checkpoint.tokenizer.encode_known(text)[0]
    return known[0] if known else None


def waiting(seen: Reading, what: str) -> str:
    """Why there is nothing to show, and what to do."""
    return what if mlp.has_neurons(seen.config) else mlp.NONE
