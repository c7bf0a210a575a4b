"""The attention microscope: one head as arithmetic that one can follow with a finger."""

from __future__ import annotations

from pages.ui.board import panels_attention, panels_dissection, panels_model
from pages.ui.state import inputs


def attention() -> None:
    """Everything that follows the keys."""
    chosen = inputs.current()
    scope = panels_attention.focus(chosen)
    seen = scope.seen
    panels_model.show(
        [
            panels_model.link(chosen),
            panels_model.prompt(chosen, seen, span=60),
            panels_model.strip(chosen, seen),
            panels_attention.roles(scope),
            panels_model.head(seen),
            panels_attention.strongest(seen),
            panels_attention.stages(chosen, scope),
            panels_dissection.worked(chosen, scope),
            panels_attention.neuron(seen),
            panels_attention.lines(seen),
            panels_dissection.what_flows(chosen, scope),
            panels_dissection.what_if(chosen, scope),
        ]
    )
    panels_model.below(chosen, scope, "head")


panels_model.top_row(inputs.current())
panels_model.live(attention)
