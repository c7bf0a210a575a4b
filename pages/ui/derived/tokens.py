"""What is found once of a model's text: its tokens, how often each stands there, and what byte pairs make of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.ui import cache
from pages.ui.derived.background import Work
from pages.ui.shared import shared

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from gpt.analysis.merges import Merges
    from gpt.analysis.renaming import Seen
    from gpt.corpora import Corpus
    from gpt.model import GPT
    from gpt.tokenizers import Tokenizer

STRETCH = 50_000  # characters between two breaths
COUNTED = 2_000_000  # characters of a text that are counted, at most
LARGEST = 8_192  # entries of the vocabulary that pairs are merged to
USUAL = "shakespeare"  # the text beside models whose own is not here


@dataclass(frozen=True)
class Paired:
    """Byte pairs of a text, merged where a model learns: in its first nine tenths."""

    merges: Merges
    lengths: np.ndarray  # (N + 1,) tokens of the whole text after 0, 1, 2, ... merges
    title: str  # of the text
    characters: int  # of it
    alphabet: int  # its different characters


@shared(32)
def text_of(name: str) -> Corpus | None:
    """The text that a model was trained on, if it is on the shelf here; at most its first 2,000,000 characters."""
    from dataclasses import replace

    from gpt import corpora
    from gpt.corpora import CorpusUnavailable

    loaded = cache.model(name, cache.offered()[name].steps[-1])
    corpus = str(loaded.record.get("corpus"))
    for each in (USUAL, corpus) if corpus == "tinyshakespeare" else (corpus,):  # the same text, by its sha256
        try:
            found = corpora.load(each)
        except (CorpusUnavailable, ValueError):
            continue
        return replace(found, text=found.text[:COUNTED])
    return None


@shared(64)
def ids_of(name: str) -> Work[tuple[Tensor, Tensor]] | None:
    """A model's text in its tokens: ids (N,) to learn from and (M,) to judge with; None without that text."""
    corpus = text_of(name)
    if corpus is None:
        return None
    return ids_in(corpus, cache.model(name, cache.offered()[name].steps[-1]).tokenizer)


@shared(8)
def ids_in(corpus: Corpus, tokenizer: Tokenizer) -> Work[tuple[Tensor, Tensor]]:
    """A text in tokens, for all models that read it so."""

    def job(tell: Callable[[float], None]) -> tuple[Tensor, Tensor]:
        import torch
        from torch import Tensor

        from gpt.tokenizers import CharTokenizer

        found, done = list[Tensor](), 0
        for part in corpus.split():
            ids, stretch = list[int](), STRETCH if isinstance(tokenizer, CharTokenizer) else max(len(part), 1)
            for start in range(0, len(part), stretch):
                ids += tokenizer.encode_known(part[start : start + stretch])[0]
                tell(min((done + start + stretch) / len(corpus.text), 1.0))
            done += len(part)
            found.append(torch.tensor(ids, dtype=torch.int64))  # (N,), (M,)
        return found[0], found[1]

    return Work(job)


@shared(32)
def counted(name: str, V: int) -> tuple[int, ...]:
    """How often each of V tokens stands in a model's text; KeyError if that is not in tokens yet."""
    import torch

    work = ids_of(name)
    if work is None or work.result is None:
        raise KeyError(name)  # not remembered
    return tuple(torch.cat(work.result).bincount(minlength=V)[:V].tolist())


def pairs(name: str) -> Work[Paired]:
    """Byte pairs of a model's text (of Shakespeare where that is not here): its own, if it reads such tokens."""
    from gpt.tokenizers import BPETokenizer

    corpus, loaded = text_of(name), cache.model(name, cache.offered()[name].steps[-1])
    own = name if isinstance(loaded.tokenizer, BPETokenizer) else ""
    return pairs_of(corpus.name if corpus else USUAL, own)


@shared(8)
def pairs_of(corpus: str, model: str) -> Work[Paired]:
    """Byte pairs of a text of the shelf, or those of a model over it."""

    def job(tell: Callable[[float], None]) -> Paired:
        from gpt import corpora
        from gpt.analysis.merges import Merges
        from gpt.tokenizers import BPETokenizer

        read = corpora.load(corpus)
        text, train = read.text[:COUNTED], read.split()[0][:COUNTED]
        known = cache.model(model, cache.offered()[model].steps[-1]).tokenizer if model else None
        tokenizer = known if isinstance(known, BPETokenizer) else BPETokenizer.train(train, LARGEST)
        tell(0.3)
        merges = Merges(tokenizer)
        lengths = merges.lengths(text, lambda share: tell(0.3 + 0.7 * share))
        return Paired(merges, lengths, read.title, len(text), len(set(text)))

    return Work(job)


@shared(8)
def rows_renamed(name: str, step: int, seed: int) -> GPT | None:
    """A model whose tables follow shuffled ids."""
    from gpt.analysis.renaming import renaming, rows_renamed

    model = cache.model(name, step).model
    return rows_renamed(model, renaming(model.config.vocab_size, seed))


@shared(48)
def renamed(name: str, step: int, ids: tuple[int, ...], seed: int, mended: bool) -> Seen | None:
    """A prompt under shuffled ids, read by the model, or by the one whose rows follow them."""
    from gpt.analysis.renaming import read, renaming

    model = rows_renamed(name, step, seed) if mended else cache.model(name, step).model
    if model is None:
        return None
    return read(model, ids, renaming(model.config.vocab_size, seed))
