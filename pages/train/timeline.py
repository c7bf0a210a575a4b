"""The timeline: one slider through a training, and everything inside the model follows it."""

from __future__ import annotations

from pages.ui import cached, inputs, panels, studio_ahead, studio_runs
from pages.ui.look import look


def timeline() -> None:
    """Everything that the slider moves; what changes most comes first, so that a projector shows it with the slider."""
    chosen = inputs.current()
    seen, steps = look(chosen), chosen.shelved.steps
    found = cached.events(chosen.model, steps, seen.ids) if seen.ids else []
    marks = [{"step": e.step, "layer": e.layer, "head": e.head, "text": e.sentence} for e in found]
    state = {"steps": steps, "losses": cached.losses(chosen.model, steps[-1]), "step": chosen.step, "events": marks}
    panels.show(
        [
            panels.link(chosen),
            ("timeline", 60, {**state, "rev": f"{chosen.model} {chosen.rev}"}),
            panels.heads(seen),
            panels.head(seen),
            panels.next_token(chosen, seen),
            panels.prompt(chosen, seen),
            ("sample", 18, {"step": chosen.step, "text": cached.sample(chosen.model, chosen.step)}),
            panels.strip(chosen, seen),
            panels.norms(seen, span=30),
            panels.token_map(cached.run_maps(chosen.model, steps)[chosen.step], seen, span=30),
        ]
    )
    studio_ahead.samples(chosen.model, steps)
    studio_runs.train_further(chosen)


inputs.prefer_many_steps(inputs.current())
panels.top_row(inputs.current(), scrub=False)
panels.live(timeline)
