"""What the page of knock-outs shows of one prediction, found once a drawing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gpt.figures.glyphs import named
from gpt.numerals import percent
from pages.ui.board.words import quoted
from pages.ui.derived import knockouts
from pages.ui.derived.knockouts import Asked, Cut, EdgeJob, Job
from pages.ui.state import session
from pages.ui.state.reading import Reading

if TYPE_CHECKING:
    from gpt.analysis.variants import Effects

UNITS = {"logit": "nats", "share": "points of probability", "kl": "bits"}
SAID = {"logit": "its logit", "share": "its probability", "kl": "the whole distribution (KL)"}
LOOKED = "knock-outs"  # what this visitor looked at last


@dataclass(frozen=True)
class Knocked:
    """One prediction and what is measured of it so far."""

    seen: Reading
    asked: Asked
    job: Job
    cut: Cut
    edges: EdgeJob
    share: float  # of the token, with nothing else silent
    names: tuple[str, ...]  # of the heads, "3.6"
    texts: tuple[str, ...]  # of the tokens that the prediction can see
    missing: str  # what was typed as a token and is none

    @property
    def unit(self) -> str:
        """Of the chosen effect."""
        return UNITS[self.seen.inputs.probe.effect]

    @property
    def called(self) -> str:
        """The token whose prediction it is, in words."""
        return quoted(self.seen.vocabulary[self.asked.token])

    @property
    def done(self) -> float:
        """The share of all that is measured; what cannot be is as good as done."""
        jobs = (self.job, self.edges)
        return min(1.0, sum(1.0 if one.over else one.done for one in jobs) / len(jobs))

    def change(self, found: Effects | None, count: int) -> np.ndarray:
        """The chosen effect, of each of so many parts; no numbers before it is measured."""
        return np.full(count, np.nan) if found is None else getattr(found, self.seen.inputs.probe.effect).numpy()

    def lost(self, found: Effects | None, count: int) -> np.ndarray:
        """How much each part was needed: what goes away when it is silent."""
        return self.change(found, count) * (1.0 if self.seen.inputs.probe.effect == "kl" else -1.0)


def knocked(seen: Reading) -> Knocked | None:
    """The chosen token, else the likeliest, after the one that one looks from; None where nothing can be silent."""
    if seen.trace is None or not seen.config.n_layer:
        return None
    config, position, inputs = seen.config, seen.query, seen.inputs
    chosen = inputs.residual.token
    known = isinstance(chosen, int) and chosen < config.vocab_size
    token = chosen if isinstance(chosen, int) and known else int(seen.trace.logits[position].argmax())
    lines = seen.flow.lines if seen.flow else ()
    asks = inputs.probe.by == "other" or any(line.kind == "patch" or line.direction == "prompts" for line in lines)
    other = others(seen) if asks else ()
    asked = Asked(inputs.model, inputs.step, seen.ids, position, token, inputs.probe.by, lines, other)
    query = position if inputs.probe.looks is None else min(inputs.probe.looks, len(seen.ids) - 1)
    if config.causal:
        query = min(query, position)  # what comes later, the prediction does not see
    within = inputs.probe.within
    cut = Cut(query, None if within is None else min(within, config.n_layer - 1))
    return Knocked(
        seen=seen,
        asked=asked,
        job=knockouts.job(asked),
        cut=cut,
        edges=knockouts.edges(replace(asked, by="zero"), cut),
        share=float(seen.trace.logits[position].double().softmax(-1)[token]),
        names=tuple(f"{layer + 1}.{head + 1}" for layer in range(config.n_layer) for head in range(config.n_head)),
        texts=tuple(seen.tokens[: asked.seen(config)]),
        missing=chosen if isinstance(chosen, str) else "",
    )


def others(seen: Reading) -> tuple[int, ...]:
    """The other prompt's tokens, at most the model's context of them."""
    tokenizer, most = seen.checkpoint.tokenizer, seen.checkpoint.config.block_size
    return tuple(tokenizer.encode_known(seen.inputs.probe.other)[0][-most:])


def look(found: Knocked) -> None:
    """What is measured is begun, or gone on with; what this visitor looked at before is left."""
    now = (found.job, found.edges)
    for before in session.recall(LOOKED, ()):
        if before not in now:
            before.leave()
    session.remember(LOOKED, now)
    found.edges.begin()
    found.job.look()


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
