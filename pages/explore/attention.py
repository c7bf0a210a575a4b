"""The attention microscope: one head as arithmetic that one can follow with a finger."""

from __future__ import annotations

from pages.ui import dissect, inputs, microscope, panels


def attention() -> None:
    """Everything that follows the keys."""
    chosen = inputs.current()
    scope = microscope.focus(chosen)
    seen = scope.seen
    panels.show(
        [
            panels.link(chosen),
            panels.prompt(chosen, seen, span=60),
            panels.strip(chosen, seen),
            microscope.roles(scope),
            panels.head(seen),
            microscope.strongest(seen),
            microscope.stages(chosen, scope),
            dissect.worked(chosen, scope),
            microscope.neuron(seen),
            microscope.lines(seen),
            dissect.what_flows(chosen, scope),
            dissect.what_if(chosen, scope),
        ]
    )
    panels.below(chosen, scope, "head")


panels.top_row(inputs.current())
panels.live(attention)
