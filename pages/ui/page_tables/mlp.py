"""The text alternative of the feed-forward page: all neurons of a layer, what one pushes, and where it fires."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gpt.analysis import mlp
from gpt.figures.glyphs import glyph, named
from pages.ui.derived.search import job
from pages.ui.state.reading import Reading
from pages.ui.state.validate import plain
from pages.ui.tables import show


def draw(seen: Reading) -> None:
    """Three tables, each with its file."""
    chosen, trace = seen.inputs, seen.trace
    if trace is None or not mlp.has_neurons(seen.config):
        st.markdown("Type a character first, in a model with a feed-forward part: every number here belongs to both.")
        return
    layer, at = chosen.layer, seen.query
    found = mlp.effects(seen.model, trace, at)
    neuron = chosen.feedforward.neuron
    if neuron is None or neuron >= found.neurons.shape[1]:
        neuron = int(found.neurons[layer].abs().argmax())
    all_neurons, pushed, places = st.tabs(["Neurons", "Pushes", "Places"])
    with all_neurons:
        predicted = plain(glyph(seen.vocabulary[found.token]))
        table = pd.DataFrame(
            {
                "before": trace.mlp_pre[layer, at].numpy(),
                "after": trace.mlp_post[layer, at].numpy(),
                f"effect on {named(seen.vocabulary[found.token])}": found.neurons[layer].numpy(),
            },
            index=pd.RangeIndex(1, found.neurons.shape[1] + 1, name="neuron"),
        )
        show(table, "neurons", f"Layer {layer + 1} at token {at + 1}; effects on the likeliest next, “{predicted}”.")
    with pushed:
        pushes = mlp.pushes(seen.model, layer, neuron).numpy()
        table = pd.DataFrame({"token": [named(token) for token in seen.vocabulary], "push": pushes})
        table = table.sort_values("push", ascending=False, kind="stable")
        show(table, "pushes", f"Layer {layer + 1}, neuron {neuron + 1}: how far it pushes each token, by its weights.")
    with places:
        search = job(chosen.model, chosen.step).search
        if search is None or not search.seen:
            st.markdown("Nothing of the model's own text is searched yet.")
            return
        best, _ = search.best_of_neuron(layer, neuron)
        rows = [
            (value, place + 1, "".join(map(glyph, search.text(place - 30, place + 1))))
            for value, place in zip(best.values, best.places, strict=True)
        ]
        table = pd.DataFrame(rows, columns=["activation", "place in the text", "up to the token"])
        show(table, "places", f"Where neuron {neuron + 1} of layer {layer + 1} fires most, as far as is searched.")
