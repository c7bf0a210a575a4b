"""One neuron: what it writes, and the places of the model's own text that fire it most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gpt.analysis.mlp import pushes
from gpt.numerals import percent
from pages.ui.board.feedforward import Look, waiting
from pages.ui.board.panel import Panel
from pages.ui.derived.passages import around
from pages.ui.derived.search import Job, looked
from pages.ui.state.reading import Reading

PUSHED = 6  # tokens, up and down


@dataclass(frozen=True, kw_only=True, eq=False)
class Fires(Panel):
    """Neuron and layer count from 0. It tells the number that one clicks as `choice`."""

    name = "fires"
    neuron: int  # -1: none
    layer: int
    numbers: Sequence[tuple[str, str, float]] = ()  # kind, name, number
    up: Sequence[tuple[str, float]] = ()  # token, push
    down: Sequence[tuple[str, float]] = ()
    tokens: Sequence[str] = ()  # the prompt's
    here: Sequence[float] = ()  # what comes out of it at each of them
    at: int = 0  # the one that is looked at
    read: str = ""  # how the pushes are read
    share: float = 1.0  # how much of the text is searched
    places: Sequence[tuple[Sequence[str], int, float]] = ()  # tokens, which of them fires, activation
    found: str = ""  # what was found, or why nothing
    sentence: str


def panel(seen: Reading, shown: Look | None) -> Fires:
    """The chosen neuron, and as much as is found of it; looking is what makes the search go on."""
    if shown is None:
        sentence = waiting(seen, "One neuron: the tokens that it pushes, and the places that fire it.")
        return Fires(neuron=-1, layer=0, sentence=sentence)
    layer, neuron, at = shown.layer, shown.neuron, (shown.layer, shown.position, shown.neuron)
    pushed = pushes(seen.model, layer, neuron)  # (V,)
    order = pushed.argsort(descending=True).tolist()
    count = min(PUSHED, len(order) // 2)
    job = looked(seen.inputs.model, seen.inputs.step)
    share, places, found = searched(job, layer, neuron)
    return Fires(
        neuron=neuron,
        layer=layer,
        numbers=[
            ("before", "before", float(shown.trace.mlp_pre[at])),
            ("after", "after", float(shown.trace.mlp_post[at])),
            ("effect", f"effect on {shown.called}", float(shown.effects.neurons[layer, neuron])),
        ],
        up=[(seen.vocabulary[i], float(pushed[i])) for i in order[:count]],
        down=[(seen.vocabulary[i], float(pushed[i])) for i in order[::-1][:count]],
        tokens=seen.tokens,
        here=[round(x, 3) for x in shown.trace.mlp_post[layer, :, neuron].tolist()],
        at=shown.position,
        read=reading_words(seen, layer),
        share=share,
        places=places,
        found=found,
        sentence=f"Its three numbers at {shown.place}; each opens its sum below.",
    )


def reading_words(seen: Reading, layer: int) -> str:
    """How a push is read from the weights."""
    config = seen.config
    if not config.residual and layer < config.n_layer - 1:
        return "Without residual connections only the last layer writes to the output: this one acts through it alone."
    norms = {
        "pre": ", its mean taken away and times the final norm's gain,",
        "post": ", through the gains of the norms behind it,",
        "none": "",
    }
    spread = "" if config.norm == "none" else " At a place of a text it is divided by the spread there."
    return (
        f"Pushes: what it writes for each 1 of its activation{norms[config.norm]} × output table, less the mean over "
        f"all tokens: of the weights alone, the same for every prompt.{spread}"
    )


def searched(job: Job, layer: int, neuron: int) -> tuple[float, list[tuple[list[str], int, float]], str]:
    """How far the search is, the best places so far, and a sentence."""
    search = job.search
    if job.problem or search is None:
        return 1.0 if job.problem else 0.0, [], job.problem or "The text is being read."
    best, fired = search.best_of_neuron(layer, neuron)
    places = [(*around(search, place), value) for place, value in zip(best.places, best.values, strict=True)]
    if not search.seen:
        return search.share, [], "The text is being searched."
    if best.values and best.values[0] <= 0:
        return search.share, [], f"It fired at none of the {search.seen:,} places searched so far."
    how_often = f"Its sum is above 0 at {percent(fired, 1)} of {search.seen:,} tokens"
    return search.share, places, f"{how_often}{'' if search.over else ' searched so far'}; the strongest places:"
