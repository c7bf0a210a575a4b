"""What the size of the vocabulary does to models that are otherwise trained alike: measured with three seeds. No torch.

`python -m gpt.lessons.train_vocabularies` trains them and writes the file that is read here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from gpt.config import GPTConfig, TrainConfig
from gpt.lessons.rung import TEXTS

SEEDS = (1337, 1338, 1339)
SIZES = (0, 256, 512, 1_024, 2_048, 4_096, 8_192)  # 0: the characters; the others byte pairs
FILE = TEXTS / "vocabularies.json"
BEGUN = 40
READ = 512_000  # characters that every model has read: about half of the text
MODEL = GPTConfig(block_size=64, n_layer=2, n_head=4, n_embd=64)
TRAIN = TrainConfig(batch_size=16, precision="fp32", warmup=20, lr=4e-3, threads=1)


@dataclass(frozen=True)
class Row:
    """One size of the vocabulary, and the models that read such tokens."""

    size: int  # V
    kind: str  # "characters" or "byte pairs"
    tokens: int  # of the text's last tenth
    characters: int  # of it
    steps: int  # of the training: as many as it takes to read READ characters
    parameters: int
    begun: float  # nats a token that step BEGUN found in its batch, with the first seed: what a test measures again
    bits: tuple[float, ...]  # a character over the last tenth, one a seed

    @property
    def mean(self) -> float:
        """Bits a character, the mean over the seeds."""
        return sum(self.bits) / len(self.bits)


@cache
def recorded() -> tuple[Row, ...]:
    """What was measured, the characters first; nothing before it was ever measured."""
    if not FILE.is_file():
        return ()
    rows = json.loads(FILE.read_text(encoding="utf-8"))
    return tuple(Row(**{**row, "bits": tuple(row["bits"])}) for row in rows)


def in_words(rows: tuple[Row, ...]) -> str:
    """The trade-off, as far as these rows have it: what more tokens save and what they cost."""
    pairs = [row for row in rows if row.kind == "byte pairs"]
    if len(pairs) < 2:
        return ""
    small, large, letters = pairs[0], pairs[-1], [row for row in rows if row.kind == "characters"]
    shorter, heavier = small.tokens / large.tokens, large.parameters / small.parameters
    gained = small.mean - large.mean
    way = "fewer" if gained > 0 else "more"
    sure = max(large.bits) < min(small.bits) if gained > 0 else min(large.bits) > max(small.bits)
    seeds = "with every seed" if sure else "on average, but not with every seed"
    said = (
        f"From {small.size:,} to {large.size:,} entries the text becomes {shorter:.1f} times shorter and the model "
        f"{heavier:.1f} times heavier; after the same {READ:,} characters it needs {abs(gained):.2f} bits a character "
        f"{way} ({small.mean:.2f} → {large.mean:.2f}), {seeds}."
    )
    ups = [(one, other) for one, other in zip(pairs, pairs[1:], strict=False) if min(other.bits) > max(one.bits)]
    if gained > 0 and ups:
        one, other = max(ups, key=lambda pair: pair[1].mean - pair[0].mean)
        said += (
            f" Not all the way: from {one.size:,} to {other.size:,} it rises from {one.mean:.2f} to {other.mean:.2f}, "
            "with every seed."
        )
    if letters and letters[0].tokens == small.tokens and min(small.bits) > max(letters[0].bits):
        said += (
            f" The {letters[0].size:,} characters cut the text exactly as {small.size:,} bytes do, and yet cost "
            f"{small.mean - letters[0].mean:.2f} bits less, with every seed."
        )
    return said
