"""Losses that other people have published on Tiny Shakespeare, each with its size and its source. No torch.

All are nats a character on the last tenth of the text. Most are of models far smaller than ours, so being below one of
them says that nothing is broken, not that ours is the better idea.
"""

from __future__ import annotations

from dataclasses import dataclass

LECTURE = "A. Karpathy, “Let's build GPT”, 2023"
RERUN = "learners' runs of the lecture's code"
NANOGPT = "nanoGPT's README"


@dataclass(frozen=True)
class Published:
    """One published loss."""

    name: str  # of its kind of model
    loss: float  # nats a character
    size: str
    source: str

    @property
    def cited(self) -> str:
        """The source, the lecture with its name."""
        return f"{self.source} ({LECTURE})" if "the lecture" in self.source else self.source


SMALL = "width 32, context 8"  # the lecture's model while it is being built

PUBLISHED: dict[str, Published] = {
    one.name: one
    for one in (
        Published("bigram", 2.49, "a table of 65 x 65", RERUN),
        Published("one head", 2.40, f"1 head, {SMALL}", RERUN),
        Published("many heads", 2.28, f"4 heads, {SMALL}", RERUN),
        Published("+ feed-forward", 2.27, f"4 heads, {SMALL}", RERUN),
        Published("+ residual", 2.09, f"a few blocks of 4 heads, {SMALL}", RERUN),
        Published("+ layer norm", 2.08, f"a few blocks of 4 heads, {SMALL}", RERUN),
        Published("nanoGPT on a CPU", 1.88, "4 layers, 4 heads, width 128, context 64", NANOGPT),
        Published("10.8 M on a GPU", 1.48, "6 layers, 6 heads, width 384, context 256, dropout 0.2", "the lecture"),
        Published("nanoGPT on a GPU", 1.4697, "6 layers, 6 heads, width 384, context 256, dropout 0.2", NANOGPT),
    )
}

# A ladder that one climbs, the highest loss first.
MARKS = ("bigram", "one head", "many heads", "+ residual", "10.8 M on a GPU")


def standing(loss: float) -> str:
    """Between which published losses of `MARKS` a loss lies, each with its size, and who published them.

    "below 2.49 (bigram: a table of 65 x 65), above 2.40 (one head: ...). Published: ..."
    """
    ladder = [PUBLISHED[name] for name in MARKS]
    below = next((one for one in reversed(ladder) if loss < one.loss), None)
    above = next((one for one in ladder if loss > one.loss), None)
    level = next((one for one in ladder if loss == one.loss), None)
    found = [(word, one) for word, one in (("below", below), ("level with", level), ("above", above)) if one]
    told = ", ".join(f"{word} {one.loss:.2f} ({one.name}: {one.size})" for word, one in found)
    sources = "; ".join(dict.fromkeys(one.cited for _, one in found))
    return f"{told}. Published: {sources}."
