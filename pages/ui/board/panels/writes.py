"""What each part writes onto the stream at one token: length, cosine with it, and the way to one logit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gpt.analysis.stream_sums import name_of
from gpt.analysis.switches import top
from gpt.analysis.writes import OF_ATTENTION
from pages.ui.board.panel import Panel
from pages.ui.board.stream import Stream
from pages.ui.board.words import quoted, tiny
from pages.ui.state.reading import Reading

OFFERED = 5  # tokens by a click


@dataclass(frozen=True, kw_only=True, eq=False)
class Writes(Panel):
    """A row a part, and the sum of them. It tells a number, or another token, as `choice`."""

    name = "writes"
    sentence: str
    rows: Sequence[tuple[str, bool, float, float, float]] = ()  # name, of a head or bias, length, cosine, effect
    added: Sequence[tuple[str, float]] = ()  # what the mean of all logits, norms and the table add
    logit: float = 0.0
    remainder: str = ""
    token: str = ""  # whose logit
    offered: Sequence[tuple[int, str, float]] = ()  # id, text, probability
    chosen: int = -1  # the id of the token
    number: str = ""  # that is worked out
    note: str = ""  # of the final norm


def panel(seen: Reading, stream: Stream | None) -> Writes:
    """The token that one looks from."""
    if stream is None:
        return Writes(sentence="Type: what every part of the model writes onto the stream will stand here.")
    found = stream.found
    token = stream.words[found.token]
    return Writes(
        sentence=said(stream),
        rows=[(one.name, one.kind in OF_ATTENTION, one.length, one.cosine, one.effect) for one in stream.rows],
        added=[
            ("mean of all logits", found.mean),
            *((name_of(name), effect) for name, effect in found.added.items()),
            *([("what edits changed besides", found.besides)] if found.besides else []),
        ],
        logit=found.logit,
        remainder=f"{tiny(found.remainder - found.besides)}",
        token=token,
        offered=[(i, stream.words[i], share) for i, share in top(stream.trace.logits[found.position], OFFERED)],
        chosen=found.token,
        number=seen.inputs.residual.number,
        note=norm_note(stream),
    )


def said(stream: Stream) -> str:
    """Which logit is taken apart, and which part does most for it."""
    found, who = stream.found, f"token {stream.position + 1}"
    missing = f"This model has no token “{stream.missing}”. " if stream.missing else ""
    best = max((one for one in stream.rows if one.kind != "attention"), key=lambda one: one.effect)
    return (
        f"{missing}After {who}, {quoted(stream.seen.tokens[stream.position])}: the logit of "
        f"{quoted(stream.words[found.token])} is {found.logit:.3f}. The most for it, over the mean of all tokens, is "
        f"done by {best.name}: {best.effect:+.3f}."
    )


def norm_note(stream: Stream) -> str:
    """The scale by which the final norm divides, and what a sum without residual connections leaves out."""
    from torch import nn

    from gpt.analysis.logit_direction import spread_of

    config, position = stream.seen.config, stream.position
    text = ""
    norm = stream.seen.model.norm_final
    if isinstance(norm, nn.LayerNorm):
        spread = spread_of(norm, stream.streams[-1, position])
        text = (
            f"The final norm takes the mean away and divides by the stream's spread here, {spread:.4f}: every effect "
            f"is counted with this one scale, × {1 / spread:.4f}."
        )
    if config.norm == "post" and config.n_layer:
        text += (
            " Norms stand behind each part here: every effect is counted through all norms after it, at their scale."
        )
    if not config.residual and config.n_layer:
        text += (
            " Without residual connections each part takes the place of all before it: only what is written last "
            "reaches the logit by itself."
        )
    return text.strip()
