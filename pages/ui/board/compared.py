"""What the page of comparisons reads of both sides, found once a drawing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pages.ui.state import sides
from pages.ui.state.inputs import Inputs
from pages.ui.state.reading import Reading

if TYPE_CHECKING:
    from gpt.analysis.comparison import Comparison


@dataclass(frozen=True)
class Compared:
    """Both sides, each as a page of its own would read it, and what differs; None as long as one reads no token."""

    shown: Reading  # A with all that was chosen: what the link restores
    a: Reading
    b: Reading
    found: Comparison | None

    @property
    def alike(self) -> bool:
        """Whether both are one and the same pass."""
        return self.a.trace is self.b.trace and self.a.model is self.b.model


def read(chosen: Inputs) -> Compared:
    """Read both sides: two cached passes."""
    a, b = sides.readings(chosen)
    found = sides.comparison(a, b)
    shown = replace(a, inputs=replace(a.inputs, probe=chosen.probe))
    return Compared(shown, a, b, found)
