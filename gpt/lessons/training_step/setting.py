"""The tiny model of the film, what it reads, and the names of its weights. No torch."""

from __future__ import annotations

from dataclasses import dataclass

from gpt.config import GPTConfig
from gpt.tokenizers import CharTokenizer

TEXT = "O Romeo, Romeo! wherefore art thou Romeo?"  # Romeo and Juliet, act 2, scene 2
TOKENIZER = CharTokenizer.from_text(TEXT)
B, T = 2, 6  # windows of a batch, and tokens of a window
CONFIG = GPTConfig(
    vocab_size=len(TOKENIZER.tokens), block_size=T, n_layer=1, n_head=2, n_embd=6, activation="relu", head="untied"
)
INIT_STD = 0.25  # about 1 / sqrt(3 C), as torch's own linear layers start: at GPT-2's 0.02 most numbers were near 0
STEPS = 20
OPTIMIZERS = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "muon": "Muon"}
RATES = (0.003, 0.01, 0.03, 0.1, 0.3)
LAST_SEED = 99


@dataclass(frozen=True)
class Weight:
    """One tensor of weights: what it is called in the link and on the page, where it lies, and its shape."""

    name: str
    title: str
    path: str  # in `GPT.named_parameters()`
    shape: tuple[int, ...]
    letters: str  # the shape in letters

    @property
    def rows(self) -> int:
        """How many rows it is drawn with: a vector is one row."""
        return self.shape[0] if len(self.shape) > 1 else 1

    @property
    def columns(self) -> int:
        """And columns."""
        return self.shape[-1]

    @property
    def in_block(self) -> bool:
        """Whether it is a matrix of a block: those that Muon steps."""
        return self.path.startswith("blocks.") and len(self.shape) > 1


def weights() -> tuple[Weight, ...]:
    """All of them, in the order in which a token meets them."""
    C, V, block = CONFIG.n_embd, CONFIG.vocab_size, "blocks.0."
    return (
        Weight("tokens", "token vectors", "token_embedding.weight", (V, C), "(V, C)"),
        Weight("places", "position vectors", "position_embedding.weight", (T, C), "(T, C)"),
        Weight("norm1", "gain before attention", f"{block}norm1.weight", (C,), "(C,)"),
        Weight("query", "query weights", f"{block}attn.query.weight", (C, C), "(C, C)"),
        Weight("key", "key weights", f"{block}attn.key.weight", (C, C), "(C, C)"),
        Weight("value", "value weights", f"{block}attn.value.weight", (C, C), "(C, C)"),
        Weight("project", "attention weights out", f"{block}attn.project.weight", (C, C), "(C, C)"),
        Weight("norm2", "gain before the MLP", f"{block}norm2.weight", (C,), "(C,)"),
        Weight("expand", "MLP weights in", f"{block}mlp.expand.weight", (4 * C, C), "(4C, C)"),
        Weight("shrink", "MLP weights out", f"{block}mlp.project.weight", (C, 4 * C), "(C, 4C)"),
        Weight("final", "gain at the end", "norm_final.weight", (C,), "(C,)"),
        Weight("output", "output table", "unembed.weight", (V, C), "(V, C)"),
    )


WEIGHTS = {weight.name: weight for weight in weights()}
COUNT = sum(weight.rows * weight.columns for weight in WEIGHTS.values())  # of all numbers that are learned


@dataclass(frozen=True)
class Followed:
    """One weight of a tensor; row and column count from 0."""

    name: str
    row: int
    column: int

    @property
    def index(self) -> tuple[int, ...]:
        """Where it lies in its tensor."""
        return (self.row, self.column) if len(WEIGHTS[self.name].shape) > 1 else (self.column,)

    @property
    def word(self) -> str:
        """As a link writes it, counted from 1: "query.3.2"."""
        return f"{self.name}.{self.row + 1}.{self.column + 1}"


def followed(word: str) -> Followed:
    """What such a word means. Raises ValueError, with a sentence, where there is no such weight."""
    name, *place = word.split(".")
    weight = WEIGHTS.get(name)
    if weight and len(place) == 2 and all(part.isascii() and part.isdecimal() and len(part) < 4 for part in place):
        row, column = int(place[0]) - 1, int(place[1]) - 1
        if 0 <= row < weight.rows and 0 <= column < weight.columns:
            return Followed(name, row, column)
    raise ValueError("The weight to follow is not one of the film's model; following the one with the most gradient.")
