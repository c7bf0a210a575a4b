"""The attention microscope: one head as arithmetic that one can follow with a finger."""

from __future__ import annotations

from pages.ui.board import panels_attention, panels_dissection, panels_model
from pages.ui.state import reading, session


def attention() -> None:
    """Everything that follows the keys."""
    seen = reading.read(session.current(), switches=True)
    panels_model.show(
        [
            panels_model.link(seen),
            panels_model.prompt(seen, span=60),
            panels_model.strip(seen),
            panels_attention.roles(seen),
            panels_model.head(seen),
            panels_attention.strongest(seen),
            panels_attention.stages(seen),
            panels_dissection.worked(seen),
            panels_attention.neuron(seen),
            panels_attention.lines(seen),
            panels_dissection.what_flows(seen),
            panels_dissection.what_if(seen),
        ]
    )
    panels_model.below(seen, "head")


panels_model.top_row(session.current())
panels_model.live(attention)
