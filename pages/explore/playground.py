"""The Playground: type, and see everything inside a small GPT follow each key."""

from __future__ import annotations

from pages.ui import cache
from pages.ui.board import panels_model
from pages.ui.state import inputs
from pages.ui.state.reading import look


def playground() -> None:
    """Everything that follows the keys."""
    chosen = inputs.current()
    seen = look(chosen)
    panels_model.show(
        [
            panels_model.link(chosen),
            panels_model.tour(chosen),
            panels_model.prompt(chosen, seen),
            panels_model.write(chosen, seen),
            panels_model.strip(chosen, seen),
            panels_model.heads(seen),
            panels_model.head(seen),
            panels_model.next_token(chosen, seen),
            panels_model.vectors(seen),
            panels_model.norms(seen),
            panels_model.token_map(cache.token_map(chosen.model, chosen.step), seen),
        ]
    )
    panels_model.below(chosen, seen)


panels_model.top_row(inputs.current())
panels_model.live(playground)
