"""The Playground: type, and see everything inside a small GPT follow each key."""

from __future__ import annotations

from pages.ui import cached, inputs, panels
from pages.ui.look import look


def playground() -> None:
    """Everything that follows the keys."""
    chosen = inputs.current()
    seen = look(chosen)
    panels.show(
        [
            panels.link(chosen),
            panels.tour(chosen),
            panels.prompt(chosen, seen),
            panels.write(chosen, seen),
            panels.strip(chosen, seen),
            panels.heads(seen),
            panels.head(seen),
            panels.next_token(chosen, seen),
            panels.vectors(seen),
            panels.norms(seen),
            panels.token_map(cached.token_map(chosen.model, chosen.step), seen),
        ]
    )
    panels.below(chosen, seen)


panels.top_row(inputs.current())
panels.live(playground)
