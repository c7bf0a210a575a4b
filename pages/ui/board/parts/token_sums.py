"""What the frequencies alone tell: how many bits a token is worth before any model has looked at it."""

from __future__ import annotations

import math

from pages.ui.board.panels.worked import TERMS, Worked, loading
from pages.ui.board.words import quoted, tiny
from pages.ui.derived import tokens as derived
from pages.ui.derived.vocabulary import entries
from pages.ui.state.reading import Reading

WAITING = "The sum over the vocabulary's frequencies will stand here, once the text is counted."


def panel(seen: Reading) -> Worked:
    """The entropy of the text's tokens, term by term, and the pinned token's own surprise. Source: Shannon 1948, 6."""
    corpus, every = derived.text_of(seen.inputs.model), entries(seen.inputs.model)
    if corpus is None or every[0].count is None:
        return Worked(sentence=WAITING if corpus else "The text is not on the shelf: there are no frequencies to sum.")
    there = sorted((one for one in every if one.count), key=lambda one: -worth(one.share))
    shown = sum(worth(one.share) for one in there)
    exact = math.fsum(worth(one.share) for one in there)
    rest = math.fsum(worth(one.share) for one in there[TERMS:])
    return Worked(
        formula="H = Σ p · log₂(1 / p), over all tokens of the vocabulary; p = count / tokens of the text",
        sentence=sentence(seen),
        terms=[
            (quoted(one.token), f"{one.share:.4f} × {math.log2(1 / one.share):.4f}", worth(one.share))
            for one in there[:TERMS]
            if one.share
        ],
        sum=(
            f"{max(len(there) - TERMS, 0)} smaller terms together {rest:.4f}. H = {shown:.6g} bits a token, what "
            f"guessing by frequency costs; blindly it is {math.log2(len(every)):.4f}. Summed exactly {exact:.6g}: "
            f"difference {tiny(abs(shown - exact))}."
        ),
        difference=abs(shown - exact),
        code=code(seen, corpus.name),
    )


def worth(share: float | None) -> float:
    """P log2(1 / p), bits."""
    return share * math.log2(1 / share) if share else 0.0


def sentence(seen: Reading) -> str:
    """The token that one looks from."""
    if not seen.ids:
        return "Type a character: its own surprise will stand here."
    one = entries(seen.inputs.model)[seen.ids[seen.query]]
    what = f"Token {seen.query + 1} {quoted(one.token)}"
    if not one.share:
        return f"{what} never stands in this text: by frequency alone it could not be."
    bits = math.log2(1 / one.share)
    return f"{what} stands {one.count:,} times in the text, p = {one.share:.4g}: {bits:.3f} bits by frequency."


def code(seen: Reading, corpus: str) -> str:
    """PyTorch that counts again."""
    return "\n".join(
        (
            "import torch",
            "from gpt import checkpoint, corpora",
            "",
            f"encode = {loading(seen)}.tokenizer.encode",
            f'parts = corpora.load("{corpus}").split()',
            "ids = torch.cat([torch.tensor(encode(part)) for part in parts])",
            "p = ids.bincount().double() / len(ids)",
            "p = p[p > 0]",
            "print(float((p * (1 / p).log2()).sum()))",
        )
    )
