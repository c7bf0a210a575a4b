"""The lessons' charts. No colours are set: the page's theme gives them, light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

MARGIN = {"l": 10, "r": 10, "t": 10, "b": 10}
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")  # never colour alone


def lines(
    curves: Mapping[str, tuple[Sequence[float] | Sequence[str], Sequence[float]]],
    x: str,
    y: str,
    log_y: bool = False,
    marks: Mapping[str, float] | None = None,
    height: int = 320,
) -> go.Figure:
    """One line a name, (its x, its y); `marks` are level lines with their names, such as published losses."""
    figure = go.Figure()
    for i, (name, (across, up)) in enumerate(curves.items()):
        figure.add_scatter(
            x=list(across), y=np.asarray(up, np.float32), name=name, mode="lines",
            line={"dash": DASHES[i % len(DASHES)]}, hovertemplate=f"{name}: %{{x}}, %{{y:.4g}}<extra></extra>",
        )  # fmt: skip
    for name, level in (marks or {}).items():
        figure.add_hline(y=level, line_dash="dot", opacity=0.4, annotation_text=name, annotation_position="top right")
    figure.update_xaxes(title=x)
    figure.update_yaxes(title=y, type="log" if log_y else "linear", exponentformat="power")
    figure.update_layout(height=height, margin=MARGIN, legend={"orientation": "h", "y": -0.25})
    return figure


def heat(
    values: np.ndarray, across: Sequence[str], down: Sequence[str], x: str, y: str, unit: str, height: int = 420
) -> go.Figure:
    """A matrix as cells, row 0 on top; places without a number (NaN) stay empty."""
    figure, shown = go.Figure(), np.asarray(values, np.float32)
    hover = f"{y} %{{y}}, {x} %{{x}}: %{{z:.4g}}<extra></extra>"
    figure.add_heatmap(z=shown, coloraxis="coloraxis", hovertemplate=hover)
    name_axes(figure, across, down, x, y)
    figure.update_layout(height=height, margin=MARGIN, coloraxis=colours(shown, unit))
    return figure


def name_axes(figure: go.Figure, across: Sequence[str], down: Sequence[str], x: str, y: str) -> None:
    """Every row and column by its name; row 0 on top."""
    for update, names, title in ((figure.update_xaxes, across, x), (figure.update_yaxes, down, y)):
        size = 10 if len(names) <= 26 else 8 if len(names) <= 34 else 6
        update(title=title, tickvals=list(range(len(names))), ticktext=list(names), tickfont={"size": size})
    figure.update_xaxes(tickangle=0)
    figure.update_yaxes(autorange="reversed")


def colours(shown: np.ndarray, unit: str) -> dict[str, Any]:
    """A colour axis on which 0 is the ground; numbers of both signs go from blue through white to red."""
    low, high = float(np.nanmin(shown)), float(np.nanmax(shown))
    bar = {"colorbar": {"title": unit, "thickness": 12}}
    if low < -1e-3 * high:
        far = max(-low, high)
        return {**bar, "cmin": -far, "cmax": far, "autocolorscale": True}  # the theme's diverging one
    return {**bar, "cmin": min(0.0, low), "cmax": high}


def letters(
    values: np.ndarray, text: Sequence[Sequence[str]], across: Sequence[str], down: Sequence[str], x: str, y: str,
    unit: str, height: int = 240, key: bool = True,
) -> go.Figure:  # fmt: skip
    """Rows of letters, each in a cell coloured by its number; `key` shows what the colours mean."""
    figure, shown = go.Figure(), np.asarray(values, np.float32)
    hover = f"{y} %{{y}}, {x} %{{x}}: %{{text}}, {unit} %{{z:.4g}}<extra></extra>"
    figure.add_heatmap(
        z=shown, text=[list(row) for row in text], texttemplate="%{text}", coloraxis="coloraxis", hovertemplate=hover,
        xgap=1, ygap=3,
    )  # fmt: skip
    name_axes(figure, across, down, x, y)
    axis = colours(shown, unit)
    figure.update_layout(height=height, margin=MARGIN, coloraxis=axis, coloraxis_showscale=key)
    return figure


def patterns(
    panels: Mapping[str, np.ndarray], asking: Mapping[str, Sequence[str]], answering: Mapping[str, Sequence[str]],
    columns: int, height: int = 380,
) -> go.Figure:  # fmt: skip
    """Several maps of who looks at whom under one scale, (T, S) each: row = who looks, column = who is looked at."""
    rows = -(-len(panels) // columns)
    figure = make_subplots(rows, columns, subplot_titles=list(panels), horizontal_spacing=0.04, vertical_spacing=0.14)
    for i, (title, weights) in enumerate(panels.items()):
        row, column = divmod(i, columns)
        hover = f"{title}: token %{{y}} looks at %{{x}}: %{{z:.1%}}<extra></extra>"
        figure.add_heatmap(
            z=np.asarray(weights, np.float32), coloraxis="coloraxis", hovertemplate=hover,
            x=numbered(answering[title]), y=numbered(asking[title]), row=row + 1, col=column + 1,
        )  # fmt: skip
        few = max(len(asking[title]), len(answering[title])) <= 34 and len(panels) <= 3
        names = {"tickvals": numbered(answering[title]), "ticktext": list(answering[title]), "tickangle": 0}
        figure.update_xaxes(row=row + 1, col=column + 1, showticklabels=few, tickfont={"size": 8}, **names)
        names = {"tickvals": numbered(asking[title]), "ticktext": list(asking[title]), "autorange": "reversed"}
        figure.update_yaxes(row=row + 1, col=column + 1, showticklabels=few, tickfont={"size": 8}, **names)
    axis = {"cmin": 0.0, "cmax": 1.0, "colorbar": {"title": "weight", "thickness": 12, "tickformat": ".0%"}}
    figure.update_layout(height=height, margin={**MARGIN, "t": 30}, coloraxis=axis)
    figure.update_annotations(font_size=12)
    return figure


def numbered(tokens: Sequence[str]) -> list[str]:
    """One name for each place, so that equal tokens stay apart."""
    return [f"{i + 1} {token}" for i, token in enumerate(tokens)]


def pairs(
    panels: Mapping[str, Mapping[str, tuple[float, float]]], names: tuple[str, str], y: str, height: int = 300
) -> go.Figure:
    """Side by side, one panel a title: two bars a name, the first and the second of its numbers."""
    figure = go.Figure()
    places = [(title, name) for title, found in panels.items() for name in found]
    inner = [name for _, name in places]
    for i, label in enumerate(names):
        figure.add_bar(
            x=[[title for title, _ in places], inner] if len(panels) > 1 else inner, name=label,
            y=[panels[title][name][i] for title, name in places], marker={"pattern": {"shape": "/" if i else ""}},
            hovertemplate=f"{label}, %{{x}}: %{{y:.3g}}<extra></extra>",
        )  # fmt: skip
    if len(panels) == 1:  # names that begin with their place, so that equal ones stay apart
        figure.update_xaxes(
            tickvals=inner, ticktext=[name.split(" ")[-1] for name in inner], tickangle=0, tickfont={"size": 9}
        )
    figure.update_yaxes(title=y)
    figure.update_layout(height=height, margin=MARGIN, barmode="group", legend={"orientation": "h", "y": 1.15})
    return figure


def sizes(
    points: Mapping[str, tuple[int, float]], line: tuple[float, float], apart: Mapping[str, tuple[int, float]],
    own: Sequence[tuple[int, float]] = (), height: int = 310,
) -> go.Figure:  # fmt: skip
    """Loss over parameters (log scale): the points of models trained alike, the line a - b log10(n), and others.

    `own` are the losses of all of them on another text.
    """
    figure = go.Figure()
    for name, found, symbol in (("trained alike", points, "circle"), ("trained otherwise", apart, "diamond")):
        figure.add_scatter(
            x=[n for n, _ in found.values()], y=[loss for _, loss in found.values()], mode="markers+text", name=name,
            text=list(found), textposition="top right", marker={"symbol": symbol, "size": 10},
            hovertemplate="%{text}: %{x:,} parameters, %{y:.3f}<extra></extra>",
        )  # fmt: skip
    if own:
        figure.add_scatter(
            x=[n for n, _ in own], y=[loss for _, loss in own], mode="lines+markers", name="on your text",
            marker={"symbol": "x"}, line={"dash": "dash"}, hovertemplate="%{x:,} parameters, %{y:.3f}<extra></extra>",
        )  # fmt: skip
    numbers = [n for n, _ in (*points.values(), *apart.values())]
    ends = np.array([min(numbers), max(numbers)])  # (2,)
    straight = line[0] - line[1] * np.log10(ends)  # (2,)
    figure.add_scatter(x=ends, y=straight, mode="lines", name="straight line", line={"dash": "dot"}, hoverinfo="skip")
    room = [float(np.log10(ends[0])) - 0.2, float(np.log10(ends[1])) + 0.8]  # for the names at the right
    losses = [loss for _, loss in (*points.values(), *apart.values(), *own)]
    figure.update_xaxes(type="log", title="parameters", range=room, dtick=1)
    figure.update_yaxes(title="loss (nats a character)", range=[min(losses) - 0.1, max(losses) + 0.15])
    figure.update_layout(height=height, margin=MARGIN, legend={"orientation": "h", "y": -0.25})
    return figure
