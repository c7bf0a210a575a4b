"""The loss curve of a training run."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go


def loss_curve(steps: Sequence[int], train: Sequence[float], val: Sequence[float], at: int) -> go.Figure:
    """Training and validation loss, in nats a token, over the steps (log scale); a mark at the step that is shown.

    No colours are set: the page's theme gives them, light and dark.
    """
    figure = go.Figure()
    shown = [step + 1 for step in steps]  # a log axis has no 0: step s stands at s + 1
    for name, values, dash in (("training", train, "dot"), ("validation", val, "solid")):
        label = f"{name}: step %{{customdata:,}}, loss %{{y:.3f}}<extra></extra>"
        figure.add_scatter(
            x=shown, y=list(values), name=name, mode="lines+markers", line={"dash": dash}, customdata=list(steps),
            hovertemplate=label,
        )  # fmt: skip
    figure.add_vline(x=at + 1, line_dash="dash", opacity=0.5)
    ticks = [step for step in (0, 9, 99, 999, 9_999, 99_999) if step <= max(steps, default=0)]
    figure.update_xaxes(
        type="log", title="step", tickvals=[t + 1 for t in ticks], ticktext=[f"{t + (t > 0):,}" for t in ticks]
    )
    figure.update_yaxes(title="loss (nats a token)")
    figure.update_layout(height=300, margin={"l": 10, "r": 10, "t": 10, "b": 10}, legend={"orientation": "h", "y": 1.1})
    return figure
