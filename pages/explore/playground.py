"""The Playground: type, and see everything inside a small GPT follow each key."""

from __future__ import annotations

from pages.ui import cache
from pages.ui.board import panels_model
from pages.ui.state import reading, session


def playground() -> None:
    """Everything that follows the keys."""
    seen = reading.read(session.current())
    panels_model.show(
        [
            panels_model.link(seen),
            panels_model.tour(seen),
            panels_model.prompt(seen),
            panels_model.write(seen),
            panels_model.strip(seen),
            panels_model.heads(seen),
            panels_model.head(seen),
            panels_model.next_token(seen),
            panels_model.vectors(seen),
            panels_model.norms(seen),
            panels_model.token_map(cache.token_map(seen.inputs.model, seen.inputs.step), seen),
        ]
    )
    panels_model.below(seen)


panels_model.top_row(session.current())
panels_model.live(playground)
