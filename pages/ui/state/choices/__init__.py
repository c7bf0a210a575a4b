"""What only one page lets choose: a file each, with a frozen class that `Inputs` holds, and rows of the link."""

from __future__ import annotations

from pages.ui.state.choices import model
from pages.ui.state.parameter import Parameter

ROWS: tuple[Parameter, ...] = (*model.ROWS,)  # of all pages, in the order in which a token passes their parts
