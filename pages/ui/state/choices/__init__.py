"""What only one page lets choose: a file each, with a frozen class that `Inputs` holds, and rows of the link."""

from __future__ import annotations

from pages.ui.state.choices import (
    compare,
    embeddings,
    exercises,
    feedforward,
    layernorm,
    model,
    next_token,
    patching,
    probe,
    residual,
    tokens,
    training_step,
    writing,
)
from pages.ui.state.parameter import Parameter

# In the order in which a token passes the parts.
ROWS: tuple[Parameter, ...] = (
    *model.ROWS,
    *tokens.ROWS,
    *embeddings.ROWS,
    *layernorm.ROWS,
    *feedforward.ROWS,
    *residual.ROWS,
    *next_token.ROWS,
    *writing.ROWS,
    *probe.ROWS,
    *compare.ROWS,
    *patching.ROWS,
    *exercises.ROWS,
    *training_step.ROWS,
)
