"""The timeline: one slider through a training, and everything inside the model follows it."""

from __future__ import annotations

from pages.ui import cache, prefetch
from pages.ui.board import panels_model
from pages.ui.state import callbacks, reading, session
from pages.ui.studio import run_panels


def timeline() -> None:
    """Everything that the slider moves; what changes most comes first, so that a projector shows it with the slider."""
    seen = reading.read(session.current())
    chosen, steps = seen.inputs, seen.inputs.shelved.steps
    found = cache.events(chosen.model, steps, seen.ids) if seen.ids else []
    marks = [{"step": e.step, "layer": e.layer, "head": e.head, "text": e.sentence} for e in found]
    state = {"steps": steps, "losses": cache.losses(chosen.model, steps[-1]), "step": chosen.step, "events": marks}
    panels_model.show(
        [
            panels_model.link(seen),
            ("timeline", 60, {**state, "rev": f"{chosen.model} {chosen.rev}"}),
            panels_model.heads(seen),
            panels_model.head(seen),
            panels_model.next_token(seen),
            panels_model.prompt(seen),
            ("sample", 18, {"step": chosen.step, "text": cache.sample(chosen.model, chosen.step)}),
            panels_model.strip(seen),
            panels_model.norms(seen, span=30),
            panels_model.token_map(cache.run_maps(chosen.model, steps)[chosen.step], seen, span=30),
        ]
    )
    prefetch.samples(chosen.model, steps)
    run_panels.train_further(chosen)


callbacks.timeline_opened()
panels_model.top_row(session.current(), scrub=False)
panels_model.live(timeline)
