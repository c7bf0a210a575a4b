"""What the page of knock-outs shows of one prediction, found once a drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gpt.figures.glyphs import named
from gpt.numerals import percent
from pages.ui.board.words import quoted
from pages.ui.derived import knockouts
from pages.ui.derived.knockouts import Asked, Job
from pages.ui.state.reading import Reading

if TYPE_CHECKING:
    from gpt.analysis.variants import Effects

UNITS = {"logit": "nats", "share": "points of probability", "kl": "bits"}
SAID = {"logit": "its logit", "share": "its probability", "kl": "the whole distribution (KL)"}


@dataclass(frozen=True)
class Knocked:
    """One prediction and what is measured of it so far."""

    seen: Reading
    asked: Asked
    job: Job
    share: float  # of the token, with nothing silent
    names: tuple[str, ...]  # of the heads, "3.6"
    texts: tuple[str, ...]  # of the tokens that the prediction can see

    @property
    def unit(self) -> str:
        """Of the chosen effect."""
        return UNITS[self.seen.inputs.probe.effect]

    @property
    def called(self) -> str:
        """The token whose prediction it is, in words."""
        return quoted(self.seen.vocabulary[self.asked.token])

    def change(self, found: Effects | None, count: int) -> np.ndarray:
        """The chosen effect, of each of so many parts; no numbers before it is measured."""
        return np.full(count, np.nan) if found is None else getattr(found, self.seen.inputs.probe.effect).numpy()

    def lost(self, found: Effects | None, count: int) -> np.ndarray:
        """How much each part was needed: what goes away when it is silent."""
        return self.change(found, count) * (1.0 if self.seen.inputs.probe.effect == "kl" else -1.0)


def knocked(seen: Reading) -> Knocked | None:
    """The likeliest token after the one that one looks from; None without a token, and in a model without blocks."""
    if seen.trace is None or not seen.config.n_layer:
        return None
    config, position = seen.config, seen.query
    if isinstance(chosen := seen.inputs.residual.token, int) and chosen < config.vocab_size:
        token = chosen
    else:
        token = int(seen.trace.logits[position].argmax())
    inputs = seen.inputs
    asked = Asked(inputs.model, inputs.step, seen.ids, position, token, inputs.probe.by)
    return Knocked(
        seen=seen,
        asked=asked,
        job=knockouts.looked(asked),
        share=float(seen.trace.logits[position].double().softmax(-1)[token]),
        names=tuple(f"{layer + 1}.{head + 1}" for layer in range(config.n_layer) for head in range(config.n_head)),
        texts=tuple(seen.tokens[: position + 1]),
    )


def strongest(found: Knocked) -> str:
    """The part of each kind that is missed most, in a sentence."""
    said = list[str]()
    if found.job.heads is not None:
        lost = found.lost(found.job.heads, len(found.names))
        i = int(lost.argmax())
        said.append(f"head {found.names[i]} {amount(found, float(lost[i]))}")
    if found.job.mlps is not None and len(found.job.mlps.logit):
        lost = found.lost(found.job.mlps, len(found.job.mlps.logit))
        i = int(lost.argmax())
        said.append(f"the MLP of layer {i + 1} {amount(found, float(lost[i]))}")
    if found.job.tokens is not None:
        lost = found.lost(found.job.tokens, len(found.texts))
        i = int(lost.argmax())
        said.append(f"token {i + 1} {named(found.texts[i])} {amount(found, float(lost[i]))}")
    return f"Missed most: {', '.join(said)}." if said else ""


def amount(found: Knocked, lost: float) -> str:
    """A loss with its unit."""
    if found.seen.inputs.probe.effect == "share":
        return f"({percent(abs(lost), 1)} of probability {'lost' if lost >= 0 else 'gained'})"
    return f"({lost:+.2f} {found.unit})"
