"""Blog road: encoder, decoder and cross-attention. Who may see what, and a word that is written backwards."""

from __future__ import annotations

import torch

from gpt.figures.glyphs import glyph
from gpt.figures.matrix import Cells, Matrix
from gpt.lessons import crossattention, seeds
from gpt.lessons.crossattention import Attention, Decoder, Encoder, Reverser, look, recorded, written
from gpt.lessons.experiments import encoder
from gpt.lessons.tutorials.listing import Listing, Outcome, Picture, Turn, Turned

ROAD = "encoder"

# ---- encoder and decoder: what each may see

TEXTS = ("But soft, what", "What light", "Romeo, Romeo")
SOURCE = "Juliet is the sun"
MAY = {"encoder": "encoder: all", "decoder": "decoder: the past", "cross-attention": "across: another text"}


def may_see(kind: str, T: int, S: int) -> torch.Tensor:
    """1 where the token of a row may look at the token of a column: (T, T), for cross-attention (T, S)."""
    if kind == "decoder":
        return torch.ones(T, T).tril()  # (T, T)
    return torch.ones(T, S if kind == "cross-attention" else T)  # (T, T) or (T, S)


def masks(turned: Turned) -> Outcome:
    """Three masks, and under each what a trained head makes of what it may see."""
    looks = encoder.shapes(turned["text"], 1, 0, SOURCE)
    allowed = {kind: may_see(kind, *one.weights.shape) for kind, one in looks.items()}
    above = [
        Cells(allowed[kind].numpy(), glyphs(one.answering), glyphs(one.asking), MAY[kind])
        for kind, one in looks.items()
    ]
    below = [
        Cells(one.weights.numpy(), glyphs(one.answering), glyphs(one.asking), f"{kind}'s weights")
        for kind, one in looks.items()
    ]
    figure = Matrix(above, "may be looked at", "looks", "", "share", 1.0, "d", columns=3, height=300, key=False)
    heads = Matrix(below, "looked at", "looks", "of the weight", "share", 1.0, ".0%", columns=3, height=300)
    counts = {kind: f"{int(mask.sum())} of {mask.numel()}" for kind, mask in allowed.items()}
    shown = ", ".join(f"{kind} {count}" for kind, count in counts.items())
    future = max(float(looks["decoder"].weights.triu(1).sum()), 0.0)
    leaks = {name: seeds.measured("encoder", name) for name in ("open", "masked")}
    told = {name: ", ".join(f"{one:.2f}" for one in values) for name, values in leaks.items()}
    guess = seeds.losses("norm")
    return Outcome(
        said=(
            f"Pairs that may be seen: {shown}. The decoder's head puts {future:g} of its weight on the future.",
            f"Asked for the next character, a model that sees the whole window copies it: {told['open']} nats with "
            f"three seeds, where the one with the mask needs {', '.join(f'{one:.2f}' for one in guess)}. With the mask "
            f"put on afterwards it is lost: {told['masked']}. So a writer needs the mask from the start.",
            "The map across shows a shape only: this model never learned to look at another text. The next one did.",
        ),
        pictures=(
            Picture("encoder-masks", figure, f"Filled where a token may look. {shown}."),
            Picture("encoder-weights", heads, "What one head of the second layer makes of each; rows sum to 100 %."),
        ),
    )  # fmt: skip


def glyphs(tokens: tuple[str, ...]) -> list[str]:
    """Tokens as the names of rows; a new line is seen."""
    return [glyph(token) for token in tokens]


# ---- cross-attention: a word backwards

WORDS = ("juliet", "romeo", "hamlet", "ophelia", "desdemona", "anna", "ed")
STOP = "(end)"  # the mark behind a word


def backwards(turned: Turned) -> Outcome:
    """A word is read at once and written backwards, letter by letter; the map shows whom each letter was taken from."""
    word = turned["word"]
    one = written(crossattention.load(), [word])[0]
    across, down = [*word, STOP], [*one.written, STOP][: len(one.pattern)]
    figure = Matrix(
        [Cells(one.pattern.numpy(), across, down, text=[[f"{x:.0%}" for x in row] for row in one.pattern.tolist()])],
        "letter that is read", "letter that is written", "of the weight", "share", 1.0, ".1%", height=420,
    )  # fmt: skip
    tops = [across[i] for i in one.pattern.argmax(dim=-1).tolist()]
    found = [row.measured for row in recorded()]
    hits = ", ".join(f"{row.right:,}" for row in found)
    anti, near, weight = (
        ", ".join(f"{100 * share:.0f} %" for share in shares)
        for shares in zip(*((x.anti / x.places, x.near / x.places, x.weight) for x in found), strict=True)
    )
    each = "; ".join(f"{a} from {b}" for a, b in zip(down, tops, strict=True))
    return Outcome(
        said=(
            f"{word} → {one.written}: {'right' if one.right else 'wrong'}. Looked at most: {each}.",
            f"It learned from {recorded()[0].steps:,} batches of random letters and was judged on {found[0].words:,} "
            f"first names, none of which it ever saw: {hits} are right to the last letter, with three seeds (this is "
            "the first).",
            f"Over these names the letter to be written is the one looked at most in {anti} of the places (it or one "
            f"beside it: {near}), with {weight} of the weight.",
        ),
        pictures=(Picture("encoder-cross", figure, f"Row: a letter that is written; looked at most: {each}."),),
        text=one.written,
    )  # fmt: skip


LISTINGS = (
    Listing(
        "encoder-masks", ROAD, "Encoder and decoder: what each may see",
        "An encoder reads a finished text: every token sees every other. A decoder writes: no token sees what follows "
        "it. Looking across, a decoder sees all of the encoder's text.",
        masks, (may_see, encoder.cross_attention), (Turn("text", "Text", TEXTS),),
        ("lessons?lesson=12", "Lesson 12: encoder, decoder, cross-attention"),
    ),
    Listing(
        "encoder-cross", ROAD, "Cross-attention: a word backwards",
        "Questions come from the text that is written, answers from the text that is read. To write a word backwards, "
        "the first letter must be fetched from the end: the map should fall from the right to the left.",
        backwards, (look, Attention, Encoder, Decoder, Reverser, written), (Turn("word", "Word", WORDS),),
        ("lessons?lesson=12", "Lesson 12: encoder, decoder, cross-attention"),
    ),
)  # fmt: skip
