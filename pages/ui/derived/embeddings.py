"""What is found once of a model's embedding tables: how often each token occurs, orders, neighbours, principal axes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pages.ui import cache
from pages.ui.cache import PLAIN, Stacked
from pages.ui.derived import tokens
from pages.ui.shared import shared

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from gpt.analysis.likeness import Direction, Pairs
    from gpt.analysis.onehot import Compared
    from gpt.analysis.placements import Idea
    from gpt.analysis.principal import Seen
    from gpt.analysis.reordering import Reordered
    from gpt.model import GPT
    from gpt.trace import Trace

ROWS = 256  # that are shown at once, at most
NUMBERS = 131_072  # of a table that travel at once, at most
ORDERS = ("id", "kind", "frequency", "likeness")
AXES = 8  # that the map lets choose from
NEAREST = 12
ONE_HOT = 64  # tokens that the two layers are compared on


def room(width: int) -> int:
    """How many rows of such a width are shown at once."""
    return max(8, min(ROWS, NUMBERS // width))


@shared(64)
def counts(name: str) -> tuple[int, ...]:
    """How often each token occurs in the model's text, as far as it is counted; nothing if that is not here."""
    corpus, loaded = tokens.text_of(name), cache.model(name, cache.offered()[name].steps[-1])
    if corpus is None:
        return ()
    found = Counter(loaded.tokenizer.encode_known(corpus.text)[0])
    return tuple(found.get(i, 0) for i in range(loaded.config.vocab_size))


@shared(64)
def frequent(name: str) -> tuple[int, ...]:
    """All ids, the most frequent first; in their own order where nothing was counted."""
    from_text = counts(name)
    ids = range(cache.model(name, cache.offered()[name].steps[-1]).config.vocab_size)
    return tuple(sorted(ids, key=lambda i: (-from_text[i] if from_text else 0, i)))


@shared(64)
def listed(name: str, step: int, order: str, start: int) -> tuple[int, ...]:
    """The ids that are shown, in an order, from one of its places on.

    Likeness orders those that frequency would show: like beside like among all of 8,192 would take long to find.
    """
    from gpt.analysis.likeness import chain
    from gpt.analysis.token_kinds import KINDS, kind

    loaded = cache.model(name, step)
    names, most = loaded.tokenizer.tokens, room(loaded.config.n_embd)
    every = tuple(range(loaded.config.vocab_size))
    if order == "kind":
        every = tuple(sorted(every, key=lambda i: KINDS.index(kind(names[i]))))
    elif order == "frequency" or (order == "likeness" and len(every) > most):
        every = frequent(name)
    ids = every[start : start + most]
    if order != "likeness":
        return ids
    return tuple(ids[i] for i in chain(loaded.model.token_embedding.weight[list(ids)]))


@shared(4096)
def nearest(name: str, step: int, token: int) -> tuple[tuple[int, float], ...]:
    """The tokens whose vectors are most like this one's: (id, cosine)."""
    from gpt.analysis.likeness import nearest as find

    table = units(name, step)  # (V, C)
    return find(table, table[token], NEAREST, {token})


@shared(8)
def units(name: str, step: int) -> Tensor:
    """The token table with rows of length 1, (V, C)."""
    from gpt.analysis.likeness import unit

    return unit(cache.model(name, step).model.token_embedding.weight).float()


@shared(40)
def axes(name: str, step: int) -> Tensor:
    """The principal axes (AXES, C) of the token vectors that are shown at this step."""
    from gpt.analysis.principal import centred, principal_axes

    ids = list(mapped(name))
    return principal_axes(centred(cache.model(name, step).model.token_embedding.weight[ids]), AXES)


@shared(64)
def mapped(name: str) -> tuple[int, ...]:
    """The tokens of the map, by id: all, or the most frequent."""
    V = cache.model(name, cache.offered()[name].steps[-1]).config.vocab_size
    return tuple(range(V)) if V <= ROWS else tuple(sorted(frequent(name)[:ROWS]))


@shared(40)
def along(name: str, step: int, of: int) -> Seen:
    """The tokens of the map at a step, along the principal axes of the step `of`."""
    from gpt.analysis.principal import centred, seen_along

    rows = cache.model(name, step).model.token_embedding.weight[list(mapped(name))]
    return seen_along(centred(rows), axes(name, of))


@shared(64)
def placed(name: str, step: int, of: int, ids: tuple[int, ...]) -> np.ndarray:
    """Where other tokens lie on the same map, (N, AXES): of a prompt, too rare to be on it."""
    table = cache.model(name, step).model.token_embedding.weight.detach().float()  # (V, C)
    middle = table[list(mapped(name))].mean(dim=0)  # (C,)
    return ((table[list(ids)] - middle).double() @ axes(name, of).T).float().numpy()


@shared(16)
def with_scheme(name: str, step: int, scheme: str, T: int) -> GPT:
    """The model with places told in another way; T counts only where a scheme divides by it."""
    from gpt.analysis.placements import with_scheme as change

    return change(cache.model(name, step).model, scheme, T)


@shared(48)
def changed(name: str, step: int, scheme: str, ids: tuple[int, ...], stack: Stacked = PLAIN) -> tuple[GPT, Trace]:
    """That model, and its pass over one prompt, with a stack of edits."""
    from gpt.analysis.stacks import flows
    from gpt.trace import trace

    other = with_scheme(name, step, scheme, len(ids) if scheme == "share" else 0)
    if stack[0]:
        flow = flows(other, ids, *stack)
        return flow.model, flow.trace
    return other, trace(other, ids)


@shared(48)
def reordered(name: str, step: int, ids: tuple[int, ...], seed: int) -> Reordered:
    """One prompt in another order: three passes more."""
    from gpt.analysis.reordering import reordered as find

    return find(cache.model(name, step).model, ids, seed, cache.trace(name, step, ids))


@shared(40)
def ideas(name: str, step: int) -> list[Idea]:
    """What ways to tell places do to the vectors of the map's tokens, at the model's whole context."""
    from gpt.analysis.placements import ideas as find

    loaded = cache.model(name, step)
    return find(loaded.model, mapped(name), min(loaded.config.block_size, ROWS))


@shared(40)
def onehot(name: str, step: int) -> Compared:
    """A linear layer on one-hot vectors beside the lookup, on the tokens of the map in turn."""
    from gpt.analysis.onehot import compare

    loaded = cache.model(name, step)
    T, ids = min(loaded.config.block_size, ONE_HOT), mapped(name)
    return compare(loaded.model.token_embedding.weight, [ids[t % len(ids)] for t in range(T)])


@shared(64)
def letters(name: str) -> tuple[tuple[int, int], ...]:
    """Every capital letter of a model's alphabet with its small one, as ids."""
    from gpt.analysis.token_kinds import letter_pairs

    return tuple(letter_pairs(cache.model(name, cache.offered()[name].steps[-1]).tokenizer.tokens))


@shared(40)
def capitals(name: str, step: int) -> Pairs | None:
    """How often “a − A” leads from another capital letter to its small one; None without three pairs."""
    from gpt.analysis.likeness import pairs

    loaded, found = cache.model(name, step), letters(name)
    if len(found) < 3:
        return None
    return pairs(loaded.model.token_embedding.weight.detach(), units(name, step), found[0], found[1:])


@shared(64)
def direction(name: str, step: int, a: int, b: int, c: int) -> Direction:
    """Where a - b + c leads among all tokens."""
    from gpt.analysis.likeness import direction as find

    return find(cache.model(name, step).model.token_embedding.weight.detach(), units(name, step), a, b, c)
