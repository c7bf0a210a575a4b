"""A small encoder and decoder, as in 2017: it reads a word, and writes it backwards by looking across at its letters.

Letters of the shapes: **B** batch, **S** source tokens (the word and its end), **T** target tokens (what is written),
**C** width, **V** vocabulary. All words of a batch are of one length, so that nothing needs to be padded.

Source: Vaswani et al. 2017 ("Attention Is All You Need", sections 3.1 and 3.2.3), here with the norm before each part.
"""

from __future__ import annotations

import json
import math
import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import torch
from safetensors.torch import load as read_tensors
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from gpt.lessons.rung import TEXTS
from gpt.storage.bounded import read_bounded
from gpt.storage.safetensors_header import read_header
from gpt.tokenizers import CharTokenizer

FILE = TEXTS / "crossattention.safetensors"
MEASURED = TEXTS / "crossattention.json"  # what was measured of it, and of its sisters with other seeds
MOST = 300_000  # bytes of either
MARK = "."  # ends the word that is read, begins and ends the one that is written
ALPHABET = CharTokenizer((MARK, *string.ascii_lowercase))
WIDTH = 48
SHORTEST, LONGEST = 2, 11  # letters of a word
CONTEXT = LONGEST + 1  # and its mark


def look(q: Tensor, k: Tensor, v: Tensor, causal: bool = False) -> tuple[Tensor, Tensor]:
    """Attention of queries (B, T, C) to keys and values (B, S, C): what is taken (B, T, C), and the pattern (B, T, S).

    `causal` is for a text that looks at itself (S = T): nothing after a token is seen.
    """
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (B, T, S)
    if causal:
        future = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)  # (T, T)
        scores = scores.masked_fill(future, -math.inf)  # (B, T, T)
    pattern = F.softmax(scores, dim=-1)  # (B, T, S), rows sum to 1
    return pattern @ v, pattern  # (B, T, C), (B, T, S)


class Attention(nn.Module):
    """One head. Who asks and who answers may be two texts: then it is cross-attention."""

    def __init__(self, C: int) -> None:
        super().__init__()
        self.query = nn.Linear(C, C, bias=False)
        self.key = nn.Linear(C, C, bias=False)
        self.value = nn.Linear(C, C, bias=False)
        self.project = nn.Linear(C, C, bias=False)

    def forward(self, asking: Tensor, answering: Tensor, causal: bool = False) -> tuple[Tensor, Tensor]:
        """Map asking (B, T, C) and answering (B, S, C) to what is taken (B, T, C), and the pattern (B, T, S)."""
        q = self.query(asking)  # (B, T, C)
        k = self.key(answering)  # (B, S, C)
        v = self.value(answering)  # (B, S, C)
        taken, pattern = look(q, k, v, causal)  # (B, T, C), (B, T, S)
        return self.project(taken), pattern  # (B, T, C), (B, T, S)


def feed_forward(C: int) -> nn.Sequential:
    """Each token alone: (B, T, C) -> (B, T, C)."""
    return nn.Sequential(nn.Linear(C, 4 * C), nn.ReLU(), nn.Linear(4 * C, C))


class Encoder(nn.Module):
    """Reads the whole word at once: each letter sees every other, for nothing of it lies in the future."""

    def __init__(self, C: int) -> None:
        super().__init__()
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(C), nn.LayerNorm(C), nn.LayerNorm(C)
        self.itself = Attention(C)
        self.mlp = feed_forward(C)

    def forward(self, x: Tensor) -> Tensor:
        """Map the source (B, S, C) to what the decoder looks at (B, S, C)."""
        level = self.norm1(x)  # (B, S, C)
        x = x + self.itself(level, level)[0]  # (B, S, C)
        x = x + self.mlp(self.norm2(x))  # (B, S, C)
        return self.norm3(x)  # (B, S, C)


class Decoder(nn.Module):
    """Writes: each letter sees those before it, then looks across at the source, then thinks alone."""

    def __init__(self, C: int) -> None:
        super().__init__()
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(C), nn.LayerNorm(C), nn.LayerNorm(C)
        self.itself = Attention(C)
        self.across = Attention(C)
        self.mlp = feed_forward(C)

    def forward(self, x: Tensor, source: Tensor) -> tuple[Tensor, Tensor]:
        """Map the target (B, T, C), with the source (B, S, C), to (B, T, C), and the pattern across (B, T, S)."""
        level = self.norm1(x)  # (B, T, C)
        x = x + self.itself(level, level, causal=True)[0]  # (B, T, C)
        taken, pattern = self.across(self.norm2(x), source)  # (B, T, C), (B, T, S)
        x = x + taken  # (B, T, C)
        return x + self.mlp(self.norm3(x)), pattern  # (B, T, C), (B, T, S)


class Reverser(nn.Module):
    """Source ids (B, S) and target ids (B, T) in; for every place the logits of the next target token out."""

    def __init__(self, C: int = WIDTH, generator: Generator | None = None) -> None:
        super().__init__()
        V = ALPHABET.vocab_size
        self.token_embedding = nn.Embedding(V, C)
        self.position_embedding = nn.Embedding(CONTEXT, C)
        self.encoder = Encoder(C)
        self.decoder = Decoder(C)
        self.norm_final = nn.LayerNorm(C)
        self.unembed = nn.Linear(C, V, bias=False)
        with torch.no_grad():
            for weight in self.parameters():
                if weight.dim() > 1:
                    weight.normal_(0.0, 1 / math.sqrt(C), generator=generator)

    def embed(self, ids: Tensor) -> Tensor:
        """Token vector + position vector: ids (B, T) -> (B, T, C)."""
        return self.token_embedding(ids) + self.position_embedding.weight[: ids.shape[1]]  # (B, T, C)

    def forward(self, source: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, T, V), and the pattern across (B, T, S)."""
        seen = self.encoder(self.embed(source))  # (B, S, C)
        x, pattern = self.decoder(self.embed(target), seen)  # (B, T, C), (B, T, S)
        return self.unembed(self.norm_final(x)), pattern  # (B, T, V), (B, T, S)


def pair(words: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Words as ids (B, N) -> what is read (B, N + 1), what is written so far (B, N + 1), what comes next (B, N + 1)."""
    mark = torch.zeros(len(words), 1, dtype=words.dtype)  # (B, 1)
    back = words.flip(1)  # (B, N)
    return torch.cat([words, mark], 1), torch.cat([mark, back], 1), torch.cat([back, mark], 1)  # 3 of (B, N + 1)


@dataclass(frozen=True)
class Written:
    """What the model makes of one word."""

    word: str
    written: str  # greedily, up to its own end
    pattern: Tensor  # (T, S) who is looked at while each letter is chosen; a last row for the end

    @property
    def right(self) -> bool:
        """Whether it is the word backwards."""
        return self.written == self.word[::-1]


def check(word: str) -> None:
    """Raise ValueError for a word that the model cannot read."""
    if not SHORTEST <= len(word) <= LONGEST or not set(word) <= set(ALPHABET.chars[1:]):
        raise ValueError(f"{word[:40]!r} is no word of {SHORTEST} to {LONGEST} letters from a to z: type such a one.")


@torch.no_grad()
def written(model: Reverser, words: Sequence[str]) -> list[Written]:
    """Words of one length, each written backwards letter by letter: always the likeliest, until the mark.

    Raises ValueError for a word that is none.
    """
    for word in words:
        check(word)
    ids = torch.tensor([ALPHABET.encode(word) for word in words])  # (B, N)
    source, target, _ = pair(ids)  # (B, N + 1), (B, N + 1)
    target = target[:, :1]  # (B, 1)
    for _ in range(source.shape[1]):
        logits, _ = model(source, target)  # (B, T, V)
        target = torch.cat([target, logits[:, -1:].argmax(dim=-1)], 1)  # (B, T + 1)
    _, pattern = model(source, target[:, :-1])  # (B, T, S)
    texts = [ALPHABET.decode(row) for row in target[:, 1:].tolist()]
    ends = [text.find(MARK) if MARK in text else len(text) for text in texts]
    return [
        Written(word, text[:end], pattern[place, : end + 1])
        for place, (word, text, end) in enumerate(zip(words, texts, ends, strict=True))
    ]


@dataclass(frozen=True)
class Measured:
    """How well some words are written, and where the model looks meanwhile."""

    words: int
    right: int  # of them, to the last letter and with nothing behind it
    places: int  # letters that were written
    anti: int  # places at which the letter to be written is looked at most: the anti-diagonal
    near: int  # places at which that letter or one beside it is
    weight: float  # of attention on that letter, in the mean over all places


def measure(model: Reverser, words: Sequence[str]) -> Measured:
    """Write all words backwards and count; words of one length are written together."""
    right = places = anti = near = 0
    weight = 0.0
    for length in sorted({len(word) for word in words}):
        for one in written(model, [word for word in words if len(word) == length]):
            rows = min(length, len(one.written))
            off = (one.pattern[:rows].argmax(dim=-1) - (length - 1 - torch.arange(rows))).abs()  # (T,)
            right += one.right
            places += rows
            anti += int((off == 0).sum())
            near += int((off <= 1).sum())
            weight += float(one.pattern[:rows, :length].flip(1).diagonal().sum())
    return Measured(len(words), right, places, anti, near, round(weight / max(1, places), 5))


@dataclass(frozen=True)
class Recorded:
    """One model in training, and what was measured of it at the end, on words that it never saw."""

    seed: int
    steps: int
    begun: float  # nats a letter that step BEGUN found in its batch: what a test measures again
    measured: Measured


@cache
def recorded() -> tuple[Recorded, ...]:
    """One a seed, first that of the model that comes with the app. Raises OSError when they are not here."""
    rows = json.loads(read_bounded(MEASURED, MOST))
    return tuple(Recorded(**{**row, "measured": Measured(**row["measured"])}) for row in rows)


@cache
def load() -> Reverser:
    """The trained model that comes with the app: frozen, in eval mode, shared by all who ask. Raises OSError."""
    data = read_bounded(FILE, MOST)
    read_header(data)
    model = Reverser()
    model.load_state_dict({name: weight.float() for name, weight in read_tensors(data).items()})
    return model.eval().requires_grad_(False)
