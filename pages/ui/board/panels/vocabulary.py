"""The vocabulary: every token with its id, kind, and how often it stands in the text that the model learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gpt.numerals import percent
from pages.ui.board.panel import Panel
from pages.ui.board.words import quoted
from pages.ui.derived import tokens as derived
from pages.ui.derived.vocabulary import Entry, entries, ordered
from pages.ui.state.choices.tokens import SORTS
from pages.ui.state.reading import Reading

ROWS = 10  # of a page


@dataclass(frozen=True, kw_only=True, eq=False)
class Vocabulary(Panel):
    """One page of it. It tells `sort`, `page` and `find` as choices."""

    name = "vocabulary"
    sentence: str
    rows: Sequence[tuple[int, str, str, int | None, int | None, float | None]]  # id, token, kind, count, rank, share
    sorts: Sequence[str]
    sort: str
    page: int  # from 0
    pages: int
    found: int  # tokens that hold what is sought
    sought: str
    here: int | None  # the id of the token that one looks from
    busy: float | None  # how much of the text is counted; None: all of it, or there is no text


def panel(seen: Reading) -> Vocabulary:
    """The chosen page, as far as the vocabulary has so many."""
    chosen, work = seen.inputs.token_choices, derived.ids_of(seen.inputs.model)
    every = entries(seen.inputs.model)
    held = [entry for entry in every if chosen.sought.casefold() in entry.token.casefold()] if chosen.sought else every
    pages = max(-(-len(held) // ROWS), 1)
    page = min(chosen.page, pages - 1)
    shown = ordered(held, chosen.sort)[page * ROWS : (page + 1) * ROWS]
    return Vocabulary(
        sentence=sentence(seen, every),
        rows=[(one.id, one.token, one.kind, one.count, one.rank, one.share) for one in shown],
        sorts=SORTS,
        sort=chosen.sort,
        page=page,
        pages=pages,
        found=len(held),
        sought=chosen.sought,
        here=seen.ids[seen.query] if seen.ids else None,
        busy=work.share if work is not None and work.result is None and not work.problem else None,
    )


def sentence(seen: Reading, every: Sequence[Entry]) -> str:
    """How many there are, and how unevenly the text uses them."""
    V, corpus, work = len(every), derived.text_of(seen.inputs.model), derived.ids_of(seen.inputs.model)
    if corpus is None or work is None:
        return f"{V:,} tokens. The text that this model learned from is not on the shelf, so nothing can be counted."
    if work.result is None:
        return work.problem or f"{V:,} tokens; counting them in {corpus.title}…"
    most = ordered(every, "count")
    top = most[: max(V // 10, 1)]
    held = percent(sum(one.share or 0 for one in top))
    many = "The most frequent token is" if len(top) == 1 else f"The {len(top):,} most frequent tokens are"
    never = sum(one.count == 0 for one in every)
    rest = f" {never:,} never occur." if never else ""
    return f"{V:,} tokens, counted in {corpus.title}. {many} {held} of it; first of all {quoted(most[0].token)}.{rest}"
