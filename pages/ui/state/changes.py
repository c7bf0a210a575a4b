"""From choices to other choices: another model, another step, what became of those whose model is gone. No session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pages.ui import cache
from pages.ui.state import reading
from pages.ui.state.inputs import Inputs
from pages.ui.state.validate import EXAMPLES, clean, whole


def nearest(steps: Sequence[int], wanted: int) -> int:
    """The kept step that is nearest to the one asked for."""
    return min(steps, key=lambda step: abs(step - wanted))


def to_step(inputs: Inputs, asked: object) -> Inputs:
    """Another step of the same training."""
    steps = inputs.shelved.steps
    step = nearest(steps, whole(asked, 0, 10**9, inputs.step))
    return replace(inputs, step=step, follow=inputs.follow and step == steps[-1])


def to_model(inputs: Inputs, name: str) -> Inputs:
    """Another model: its last step, and a layer and head that it has. What was written stays, as prompt.

    One that cannot be read leaves the choice as it was, with a notice.
    """
    step, text = cache.newest_step(name), clean(inputs.full_text)
    if step is None:
        return replace(inputs, notices=("The files of this model cannot be read; choose another one.",))
    fitting = reading.examples(name, step)
    if text in EXAMPLES and text not in fitting and fitting:
        text = reading.opening_text(name, step)  # an example gives way to one that this model can read
    layer, head = reading.opening_head(name, step, text)
    return replace(
        inputs,
        model=name,
        step=step,
        text=text,
        written=(),
        layer=layer,
        head=head,
        pin=None,
        follow=False,
        rev=inputs.rev + 1,
        rev_view=inputs.rev_view + 1,
    )


def settled(inputs: Inputs) -> Inputs:
    """The same choices where what was chosen is still there; else the nearest that is, with a notice."""
    while inputs.model in cache.offered():
        steps = inputs.shelved.steps
        step = steps[-1] if inputs.follow else nearest(steps, inputs.step)
        if not cache.refusal(inputs.model, step):  # else it is not among the steps any more
            return inputs if step == inputs.step else replace(inputs, step=step)
    gone = "The model that was shown here is gone, or cannot be read; showing the bundled one."
    return replace(to_model(inputs, cache.DEFAULT), notices=(gone,))
