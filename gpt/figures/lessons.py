"""The lessons' charts. No colours are set: the page's theme gives them, light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

MARGIN = {"l": 10, "r": 10, "t": 10, "b": 10}
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")  # never colour alone


def lines(
    curves: Mapping[str, tuple[Sequence[float], Sequence[float]]],
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
            x=np.asarray(across, np.float32), y=np.asarray(up, np.float32), name=name, mode="lines",
            line={"dash": DASHES[i % len(DASHES)]}, hovertemplate=f"{name}: %{{x:,.4g}}, %{{y:.4g}}<extra></extra>",
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
    figure, cells = go.Figure(), np.asarray(values, np.float32)
    figure.add_heatmap(
        z=cells, coloraxis="coloraxis", hovertemplate=f"{y} %{{y}}, {x} %{{x}}: %{{z:.4g}}"
        "<extra></extra>",
    )  # fmt: skip
    for update, names, title in ((figure.update_xaxes, across, x), (figure.update_yaxes, down, y)):
        update(
            title=title,
            tickvals=list(range(len(names))),
            ticktext=list(names),
            tickfont={"size": 9 if len(names) <= 20 else 6},
        )
    figure.update_yaxes(autorange="reversed")
    ends = {"cmin": min(0.0, float(np.nanmin(cells))), "cmax": float(np.nanmax(cells))}  # 0 is the ground
    axis = {"colorbar": {"title": unit, "thickness": 12}, **ends}
    figure.update_layout(height=height, margin=MARGIN, coloraxis=axis)
    return figure


def bars(values: Mapping[str, float], y: str, height: int = 280) -> go.Figure:
    """One bar a name, its number on it."""
    figure = go.Figure()
    shown = list(values.values())
    figure.add_bar(x=list(values), y=shown, text=[f"{value:.3g}" for value in shown], textposition="outside")
    figure.update_yaxes(title=y)
    figure.update_layout(height=height, margin={**MARGIN, "t": 30})
    return figure


def sizes(
    points: Mapping[str, tuple[int, float]], line: tuple[float, float], apart: Mapping[str, tuple[int, float]]
) -> go.Figure:
    """Loss over parameters (log scale): the points of models trained alike, the line a - b log10(n), and others."""
    figure = go.Figure()
    for name, found, symbol in (("trained alike", points, "circle"), ("trained otherwise", apart, "diamond")):
        figure.add_scatter(
            x=[n for n, _ in found.values()], y=[loss for _, loss in found.values()], mode="markers+text", name=name,
            text=list(found), textposition="top right", marker={"symbol": symbol, "size": 10},
            hovertemplate="%{text}: %{x:,} parameters, %{y:.3f}<extra></extra>",
        )  # fmt: skip
    numbers = [n for n, _ in (*points.values(), *apart.values())]
    ends = np.array([min(numbers), max(numbers)])  # (2,)
    straight = line[0] - line[1] * np.log10(ends)  # (2,)
    figure.add_scatter(x=ends, y=straight, mode="lines", name="straight line", line={"dash": "dot"}, hoverinfo="skip")
    room = [float(np.log10(ends[0])) - 0.2, float(np.log10(ends[1])) + 0.8]  # for the names at the right
    figure.update_xaxes(type="log", title="parameters", range=room)
    figure.update_yaxes(title="loss (nats a character)")
    figure.update_layout(height=340, margin=MARGIN, legend={"orientation": "h", "y": -0.25})
    return figure
