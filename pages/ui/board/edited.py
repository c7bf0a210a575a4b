"""What the page of edits shows of one prompt, found once a drawing: the stack, and the two passes side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpt.analysis.edit_lines import PARTS
from gpt.config import GPTConfig
from gpt.numerals import percent
from pages.ui.board.words import quoted
from pages.ui.state.reading import Reading

if TYPE_CHECKING:
    from gpt.analysis.before_after import Layers, Prediction
    from gpt.trace import Trace

WAITING = "Type a character: what edits change of its prediction is shown here, before and after."
NO_BLOCKS = "This model has no blocks: nothing flows in it that could be edited. Choose another, such as shakespeare."
OFF = {"norm": "layer norm", "positions": "positions", "mask": "the causal mask", "scale": "the scale 1 / √D"}


@dataclass(frozen=True)
class Sides:
    """One prompt, read without the edits and with them."""

    seen: Reading
    before: Trace
    after: Trace
    changed: bool  # whether any edit is made
    prediction: Prediction  # after the token that one looks from
    layers: tuple[Layers, Layers]  # the same token's stream, before and after

    @property
    def sentence(self) -> str:
        """What the stack does to the prediction."""
        found, words = self.prediction, self.seen.vocabulary
        best, then = quoted(words[found.ids[0]]), quoted(words[found.best_after])
        at = f"After token {self.seen.query + 1}"
        if not self.changed:
            return f"{at} the likeliest next is {best}, {share(found.before[0])}. No edit is made, so nothing differs."
        said = f"{at}: {best} {share(found.before[0])} → {share(found.after[0])}; KL {bits(found.kl)}."
        if found.best_after == found.ids[0]:
            return f"{said} It stays the likeliest."
        i = found.ids.index(found.best_after)
        return f"{said} Now {then} is likeliest: {share(found.before[i])} → {share(found.after[i])}."


def share(x: float) -> str:
    """A probability, in tenths of a percent."""
    return percent(x, 1)


def bits(kl: float) -> str:
    """A KL divergence; what is next to nothing is not called nothing."""
    return f"{kl:.3f} bits" if kl == 0 or kl >= 0.0005 else "< 0.001 bits"


def off_parts(config: GPTConfig) -> list[tuple[str, str]]:
    """What such a model has that can be off."""
    from gpt.analysis.stacks import has

    return [(part, OFF[part]) for part in PARTS if has(config, part)]


def editable(config: GPTConfig) -> bool:
    """Whether there is anything to edit in such a model."""
    return config.n_layer > 0 or bool(off_parts(config))


def sides(seen: Reading) -> Sides | None:
    """Both passes; None without a token, and in a model that has nothing to edit."""
    from gpt.analysis.before_after import layers, prediction

    if seen.trace is None or seen.trained is None or not editable(seen.checkpoint.config):
        return None
    before, after = seen.trained, seen.trace
    plain = layers(seen.checkpoint.model, before, seen.ids, seen.query)
    changed = bool(seen.flow and seen.flow.lines)
    return Sides(
        seen=seen,
        before=before,
        after=after,
        changed=changed,
        prediction=prediction(before, after, seen.query),
        layers=(plain, layers(seen.model, after, seen.ids, seen.query) if changed else plain),
    )


def other_ids(seen: Reading) -> tuple[int, ...]:
    """The other prompt as the model reads it."""
    known = seen.checkpoint.tokenizer.encode_known(seen.inputs.probe.other)[0]
    return tuple(known)[-seen.checkpoint.config.block_size :]


def problems(seen: Reading) -> list[str]:
    """Of each line of the stack the sentence why it cannot be made here, switched on or not; "" where it can."""
    from gpt.analysis.stacks import problem

    T, other, lines = len(seen.ids), len(other_ids(seen)), seen.inputs.probe.edits
    if not T:
        return [""] * len(lines)
    left = dict(seen.flow.left) if seen.flow else {}
    config = seen.checkpoint.config
    return [left.get(line, "") if line.on else problem(config, T, line, other) for line in lines]
