"""Changes that one can make to what flows, and see what the model does then: frozen, hashable, pure `edit(x) -> x`.

Each keeps the law that no edit lets a token see the future: the change at position t uses only positions up to t.
"""

from gpt.edits.attention import CutEdge, SetWeight
from gpt.edits.parts import (
    AblateHead,
    AblateNeuron,
    AblateSite,
    AddDifference,
    AddDirection,
    ScaleSite,
    SilenceToken,
    direction,
)
from gpt.edits.patches import PatchRow, PatchSite, PatchStart, patch_from, row_from, start_from
from gpt.edits.places import check_place

__all__ = ["AblateHead", "AblateNeuron", "AblateSite", "AddDifference", "AddDirection", "CutEdge", "PatchRow"]
__all__ += ["PatchSite", "PatchStart", "ScaleSite", "SetWeight", "SilenceToken", "check_place", "direction"]
__all__ += ["patch_from", "row_from", "start_from"]
