"""The live side of lessons 8 to 14: each draws what its experiment gives, computed on the spot."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from gpt.figures import lessons as figures
from gpt.figures.glyphs import glyph
from gpt.lessons import facts, named, trained
from gpt.lessons.experiments import curves, parts
from gpt.lessons.experiments import encoder as leak
from gpt.lessons.experiments import gpt2 as whole
from gpt.lessons.experiments import positions as order
from gpt.lessons.experiments.gpt2 import Written
from pages.ui.board import components
from pages.ui.board.panels import diagram
from pages.ui.lessons.navigation import typed
from pages.ui.problem import problem

NATS = "loss (nats a character)"


@st.cache_resource(show_spinner=False)
def placed() -> list[parts.Placement]:
    """The stream and the gradient with no norm, pre-norm and post-norm."""
    return parts.placements()


def layer_norm() -> None:
    """Lesson 8."""
    found = parts.three_by_three()
    columns = st.columns(3)
    for column, label, table in zip(
        columns, ("three tokens", "after layer norm", "times ten, after"), (found.before, found.after, found.scaled),
        strict=True,
    ):  # fmt: skip
        column.markdown(f"**{label}**")
        column.dataframe(pd.DataFrame(table.numpy()).round(4), hide_index=True)
    layers = list(range(1, 9))
    shown = {f"{one.norm}-norm" if one.norm != "none" else "no norm": (layers, one.stream) for one in placed()}
    figure = figures.lines(shown, "layer", "mean length of a token's vector")
    ends = ", ".join(f"{name} {stream[-1]:.2f}" for name, (_, stream) in shown.items())
    st.plotly_chart(figure, key="streams", alt=f"The stream into each of eight fresh layers; at the last: {ends}.")
    st.markdown(f"Into the eighth of eight fresh layers the stream has a length of: {ends}.")


def dropout() -> None:
    """Lesson 9."""
    plain, dropped = curves.apart()
    shown = {
        "no dropout: training": (plain.steps, plain.train),
        "no dropout: validation": (plain.steps, plain.val),
        "dropout 0.2: training": (dropped.steps, dropped.train),
        "dropout 0.2: validation": (dropped.steps, dropped.val),
    }
    text = f"At the end training and validation lie {plain.gap:.2f} apart without dropout, {dropped.gap:.2f} with it; "
    text += f"without, the best step was {curves.turning_point(plain):,}."
    figure = figures.lines(shown, "step", NATS)
    figure.update_yaxes(range=[0.5, 4.0])
    st.plotly_chart(figure, key="apart", alt=text)
    st.markdown(f"Both saw only a fiftieth of the text. {text}")
    p = st.slider("Drop this share of ten thousand ones", 0.0, 0.9, 0.2, 0.05, key="drop")
    found = curves.drop(p)
    st.markdown(
        f"**{100 * found.kept:.1f} %** are kept, and divided by {1 - p:.2f}: their mean is **{found.mean:.3f}**."
    )


def scaled_up() -> None:
    """Lesson 10."""
    found = curves.sizes()
    line = curves.line_through(found)
    model = trained.load("scaled")
    large = sum(weight.numel() for weight in model.model.parameters())
    points = {named(size.name).changed: (size.parameters, size.loss) for size in found}
    text = f"Ten times the parameters buy {line.per_tenfold:.2f} nats. The line says {line.loss(large):.2f} for the "
    text += f"bundled model; with its longer context and training it has {trained.loss('scaled'):.2f}."
    apart = {"the Playground's": (large, trained.loss("scaled"))}
    figure = figures.sizes(points, (line.at_one, line.per_tenfold), apart)
    st.plotly_chart(figure, key="sizes", alt=text)
    st.markdown(text)


def positions() -> None:
    """Lesson 11."""
    text = typed("order-text", "Your text (a new line is \\n)", facts.PROBE, 60)
    rows = []
    without, with_them = trained.load("positions"), trained.load("norm")
    models = {
        "no positions, one layer": order.one_layer(without.model),
        "no positions, two layers": without.model,
        "with positions": with_them.model,
    }
    try:
        ids = trained.known_ids(without, text)
        found = {label: order.shuffle(model, ids) for label, model in models.items()}
    except ValueError as error:
        st.info(problem(error))
        return
    tokens = without.tokenizer.tokens
    one = next(iter(found.values()))
    st.markdown("All but the last character change places:")
    st.code(
        "".join(tokens[i] for i in one.ids) + "\n----\n" + "".join(tokens[i] for i in one.shuffled),
        language=None,
        wrap_lines=True,
    )
    for label, shuffle in found.items():
        best = [", ".join(f"{glyph(tokens[i])} {100 * row[i]:.0f} %" for i in row.topk(3).indices.tolist())
                for row in (shuffle.before, shuffle.after)]  # fmt: skip
        rows.append({"model": label, "before": best[0], "after": best[1], "moved": f"{100 * shuffle.moved:.1f} %"})
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    st.markdown(
        f"With positions, **{rows[-1]['moved']}** of the probability moved; one layer without: {rows[0]['moved']}."
    )


@st.cache_resource(show_spinner=False)
def leaking(name: str) -> tuple[leak.Leak, list[float]]:
    """A rung with the mask on and off, and its loss at each place."""
    return facts.leaking(name), leak.by_place(trained.load(name).model, facts.ids_of(1)).tolist()


def encoder() -> None:
    """Lesson 12."""
    for column, (label, mask) in zip(st.columns(3), leak.masks().items(), strict=True):
        rows, across = mask.shape
        names = [str(i + 1) for i in range(max(rows, across))]
        figure = figures.heat(mask.numpy().astype(np.float32), names[:across], names[:rows], "seen", label, "", 240)
        figure.update_layout(coloraxis_showscale=False)
        column.plotly_chart(figure, key=f"mask-{label}", alt=f"Who may look at whom in the {label}.")
    try:
        found = {label: leaking(name) for label, name in (("with the mask", "norm"), ("without", "encoder"))}
    except ValueError as error:
        st.info(problem(error))
        return
    st.dataframe(pd.DataFrame([
        {"learned": label, "judged with the mask": round(one.masked, 3), "judged without": round(one.open, 3)}
        for label, (one, _) in found.items()
    ]), hide_index=True)  # fmt: skip
    places = {f"learned {label}": (list(range(1, len(row) + 1)), row) for label, (_, row) in found.items()}
    last = found["without"][1][-1]
    text = f"Only the last place has no answer beside it: there the leaking model pays {last:.2f} nats."
    st.plotly_chart(figures.lines(places, "place in the window", NATS), key="places", alt=text)
    st.markdown(text)


def pseudogpt() -> None:
    """Lesson 13."""
    for column, name in zip(st.columns(2), ("norm", "pseudogpt"), strict=True):
        config = named(name).model
        if config:
            column.markdown(f"**{'pre' if name == 'norm' else 'post'}-norm**: {trained.loss(name):.3f} nats")
            with column:
                components.alone(diagram.panel(config), key=f"diagram-{name}")


@st.cache_resource(max_entries=64, show_spinner=False)
def written(text: str) -> list[Written]:
    """The ways to write on from a text."""
    return whole.write(trained.load("gpt2"), text, 80)


def gpt2() -> None:
    """Lesson 14."""
    text = typed("write-text", "Write on from (a new line is \\n)", "JULIET:\nO Romeo", 100)
    try:
        ways = written(text)
    except ValueError as error:
        st.info(problem(error))
        return
    st.dataframe(pd.DataFrame([
        {"way": way.way, "choices": round(way.choices, 1), "it writes": "".join(map(glyph, way.text))} for way in ways
    ]), hide_index=True)  # fmt: skip
    greedy = facts.greedy()
    st.markdown(f"Greedy, 200 characters long: **{100 * whole.repeats(greedy):.0f} %** of its stretches of eight "
                "stood there before.")  # fmt: skip
    st.code(greedy, language=None, wrap_lines=True)
    loaded = trained.load("gpt2")
    going_in = whole.inputs(loaded, trained.known_ids(loaded, text)[-loaded.config.block_size :])
    mean = [float(np.mean([getattr(one, name) for one in going_in])) for name in ("token", "position", "cosine")]
    st.markdown(f"Into the first block go, on average, a word vector of length {mean[0]:.2f} and a position vector of "
                f"length {mean[1]:.2f}; their cosine is {mean[2]:.2f}.")  # fmt: skip
