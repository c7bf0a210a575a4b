"""Break it: the same tokens under shuffled ids, and what mends it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.ui.board.panel import Panel
from pages.ui.board.words import tiny
from pages.ui.derived import tokens as derived
from pages.ui.state.reading import Reading

if TYPE_CHECKING:
    from gpt.analysis.renaming import Seen

SHOWN = 8  # tokens whose ids are told

WAITING = "Type a character first; then shuffle the ids and see what the model still understands."


@dataclass(frozen=True, kw_only=True, eq=False)
class Renamed(Panel):
    """The prompt read three ways. It tells the seed of the shuffling as the choice `renamed`, 0 for none."""

    name = "renamed"
    sentence: str
    seed: int
    ids: Sequence[tuple[str, int, int]]  # the first tokens: text, id, new id
    # title, the likeliest next tokens with their probabilities, loss in nats a token (None: of one token)
    ways: Sequence[tuple[str, Sequence[tuple[str, float]], float | None]]


def panel(seen: Reading) -> Renamed:
    """As the model was trained; with the ids shuffled; and with the rows of its tables shuffled along."""
    from gpt.analysis import renaming

    chosen, seed = seen.inputs, seen.inputs.token_choices.renamed
    if seen.trained is None:
        return Renamed(sentence=WAITING, seed=seed, ids=[], ways=[])
    names = renaming.renaming(seen.config.vocab_size, seed).tolist() if seed else range(seen.config.vocab_size)
    ways: list[tuple[str, Seen | None]] = [("as trained", renaming.seen_of(seen.trained.logits, seen.ids))]
    if seed:
        ways.append(("ids shuffled", derived.renamed(chosen.model, chosen.step, seen.ids, seed, False)))
        ways.append(("rows shuffled along", derived.renamed(chosen.model, chosen.step, seen.ids, seed, True)))
    there = [(title, found) for title, found in ways if found is not None]
    return Renamed(
        sentence=sentence(there, seen.config.vocab_size),
        seed=seed,
        ids=[(seen.vocabulary[i], i, names[i]) for i in list(dict.fromkeys(seen.ids))[:SHOWN]],
        ways=[(title, [(seen.vocabulary[i], share) for i, share in found.top], found.loss) for title, found in there],
    )


def sentence(ways: Sequence[tuple[str, Seen]], V: int) -> str:
    """What the shuffling does to this text, in its own numbers."""
    if len(ways) == 1:
        return "Ids are names. Shuffle them, and each token finds another token's row of the table: what is lost?"
    losses = [found.loss for _, found in ways]
    if losses[0] is None or losses[1] is None:
        return "Nothing predicts a single token: type one more to see what the shuffling costs."
    blind = math.log(V)
    than = "worse than" if losses[1] > blind else "still better than"
    said = (
        f"The loss of this text goes from {losses[0]:.3f} to {losses[1]:.3f} nats a token, {than} guessing blindly "
        f"among {V:,} ({blind:.3f})."
    )
    if len(ways) > 2 and losses[2] is not None:
        said += (
            f" With the tables' rows shuffled along it is {losses[2]:.3f}, off by {tiny(abs(losses[2] - losses[0]))}."
        )
    return said
