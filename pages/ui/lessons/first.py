"""The live side of lessons 1 to 7: each draws what its experiment gives, computed on the spot."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gpt.figures import lessons as figures
from gpt.figures import tables
from gpt.figures.glyphs import glyph
from gpt.lessons import facts, trained
from gpt.lessons.experiments import attention, bigram, mean, numbers, parts
from pages.ui.lessons.navigation import typed
from pages.ui.problem import problem
from pages.ui.state import validate


def text_to_numbers() -> None:
    """Lesson 1."""
    text = typed("numbers-text", "Your text (a new line is \\n)", numbers.GREETING, 60)
    known = "".join(char for char in text if char in numbers.ALPHABET.chars)
    if known != text:
        st.info("Some of these characters are not in Shakespeare's alphabet: they are left out.")
    found = numbers.encode(known, numbers.ALPHABET)
    st.dataframe(pd.DataFrame([found.ids], columns=tables.places(list(known)), index=["number"]))
    st.markdown(f"{len(found.ids)} characters, {len(found.ids)} numbers; decoded again: “{validate.plain(found.back)}”")
    batch, chars = numbers.lecture_batch(), numbers.ALPHABET.chars
    rows = [
        {"": f"{name} {b + 1}", **{str(t + 1): f"{i} {glyph(chars[i])}" for t, i in enumerate(row.tolist())}}
        for b in range(len(batch.inputs))
        for name, row in (("read", batch.inputs[b]), ("to foretell", batch.targets[b]))
    ]  # fmt: skip
    st.markdown("The lecture's first batch, four windows of eight: each second row is the one above, one step on.")
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    lessons = numbers.examples(batch.inputs[0], batch.targets[0], numbers.ALPHABET)
    told = [{"after": "".join(map(glyph, e.context)), "comes": glyph(e.target)} for e in lessons]
    st.markdown("What the first window teaches:")
    st.dataframe(pd.DataFrame(told), hide_index=True)


@st.cache_resource(show_spinner=False)
def counted() -> bigram.Match:
    """The learned table beside the counted one."""
    return bigram.match(trained.load("bigram").model, facts.ids_of(0))


def the_bigram() -> None:
    """Lesson 2."""
    names = [glyph(char) for char in numbers.ALPHABET.chars]
    which = st.segmented_control("Table", ["learned", "counted"], default="learned", key="bigram-table")
    try:
        found = counted()
        table = found.counted if which == "counted" else found.learned
        st.markdown(f"Learned and counted shares agree with a correlation of **{found.correlation:.4f}**, over the "
                    "pairs that occur ten times or more.")  # fmt: skip
    except ValueError as error:  # the text is not on this computer
        st.info(problem(error))
        table = bigram.table_of(trained.load("bigram").model)
    shares = 100 * table.exp().numpy()  # (V, V)
    figure = figures.heat(shares, names, names, "next", "after", "%", height=520)
    st.plotly_chart(figure, key="bigram-heat", alt="For each character, how likely each other one is to come next.")
    fresh = bigram.fresh(numbers.lecture_batch(), numbers.ALPHABET)
    st.markdown(f"Before learning: **{fresh.loss:.4f}** nats; a blind guess costs ln 65 = {fresh.uniform:.4f}. "
                "And a hundred characters of the fresh table:")  # fmt: skip
    st.code(fresh.written, language=None, wrap_lines=True)


def mean_of_the_past() -> None:
    """Lesson 3."""
    weights = mean.weights(8).numpy()  # (T, T)
    places = [str(t + 1) for t in range(8)]
    figure = figures.heat(weights, places, places, "looked at", "token", "weight", height=340)
    st.plotly_chart(figure, key="mean-heat", alt="A triangle: row t holds t equal shares of 1/t.")
    small = mean.ways(mean.lecture_x())
    large = mean.ways(mean.timing_x(), runs=2)
    rows = [
        {"way": a.name, "x[0], token 2": ", ".join(f"{x:.4f}" for x in a.mean[0, 1].tolist()),
         "furthest from the loops": f"{a.furthest:.1e}", "ms, 32 texts of 64 tokens": round(b.milliseconds, 3)}
        for a, b in zip(small, large, strict=True)
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    st.markdown(f"The loops take **{large[0].milliseconds / large[1].milliseconds:.0f} times** as long as the matrix.")


@st.cache_resource(show_spinner=False)
def scaled() -> list[attention.Scaling]:
    """What factors do to scores."""
    return attention.scalings()


def one_head() -> None:
    """Lesson 4."""
    wei = attention.lecture_weights().numpy()  # (T, T)
    places = [str(t + 1) for t in range(8)]
    figure = figures.heat(wei, places, places, "looked at", "token", "weight", height=340)
    st.plotly_chart(figure, key="wei-heat", alt="The lecture's wei[0]: each row sums to 1, nothing above the diagonal.")
    st.dataframe(pd.DataFrame([
        {"scores": s.label, "variance": round(s.variance, 2), "bits left of 3": round(s.bits, 2),
         "largest weight": f"{100 * s.largest:.0f} %"} for s in scaled()
    ]), hide_index=True)  # fmt: skip
    factor = st.slider("Sharpen the lecture's five scores by", 0.0, 16.0, 8.0, 0.5, key="sharpen")
    found = attention.sharpen(factor=factor).tolist()
    names = [f"score {i + 1}: {score:g}" for i, score in enumerate(attention.LECTURE_SCORES)]
    shown = dict(zip(names, found, strict=True))
    st.plotly_chart(figures.bars(shown, "softmax"), key="sharpened", alt=f"The largest share is {max(found):.4f}.")


def many_heads() -> None:
    """Lesson 5."""
    text = typed("heads-text", "Your text (a new line is \\n)", facts.PROBE, 60)
    loaded = trained.load("heads")
    try:
        ids = trained.known_ids(loaded, text)[-loaded.config.block_size :]
    except ValueError as error:
        st.info(problem(error))
        return
    seen = attention.heads_on(loaded.model, ids, [loaded.tokenizer.tokens[i] for i in ids])
    st.dataframe(pd.DataFrame([
        {"layer": s.layer + 1, "head": s.head + 1, "looks at": s.phrase, "bits": round(s.bits, 2)} for s in seen
    ]), hide_index=True)  # fmt: skip
    apart = attention.concatenated(loaded.model, ids)
    cost = attention.one_and_many()
    st.markdown(f"Side by side and projected, or each projected alone and added: at most **{apart:.1e}** apart. "
                f"One head a layer has {cost.one:,} parameters in attention, four have {cost.many:,}.")  # fmt: skip


def feed_forward() -> None:
    """Lesson 6."""
    curves = {curve.name: (curve.x.tolist(), curve.y.tolist()) for curve in parts.activation_curves()}
    st.plotly_chart(figures.lines(curves, "in", "out"), key="bends", alt="ReLU, GELU, its tanh form, and SoLU.")
    rows = []
    for label, name in (("ReLU", "mlp"), ("GELU", "mlp-gelu"), ("SoLU", "mlp-solu")):
        if trained.is_trained(name):
            busy = parts.neurons(trained.load(name).model, facts.probe(name))
            rows.append({"activation": label, "loss": round(trained.loss(name), 3),
                         "neurons at exactly 0": f"{100 * busy.silent:.0f} %",
                         "the strongest's share": f"{100 * busy.strongest:.1f} %"})  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    st.markdown("Three models trained alike; the neurons were watched on a line of Romeo's.")


@st.cache_resource(show_spinner=False)
def roads() -> tuple[parts.Gradients, parts.Gradients]:
    """The gradient with and without residual connections."""
    return parts.gradients(True), parts.gradients(False)


def residual() -> None:
    """Lesson 7."""
    free, blocked = roads()
    layers = list(range(1, len(free.lengths) + 1))
    curves = {"with x +": (layers, free.lengths), "without": (layers, blocked.lengths)}
    text = f"In the first of eight layers {100 * free.arrives:.0f} % arrives with residual connections, "
    text += f"{100 * blocked.arrives:.1g} % without."
    figure = figures.lines(curves, "layer", "gradient on the stream", log_y=True)
    st.plotly_chart(figure, key="roads", alt=text)
    st.markdown(text)
