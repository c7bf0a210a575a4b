"""What is lost when one layer norm, or every one, is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gpt.analysis.norm_switch import Compared, compare
from pages.ui.board.norms_seen.view import View, label, waiting
from pages.ui.board.panel import Panel
from pages.ui.board.panels.switches import both
from pages.ui.derived import layernorm
from pages.ui.state import reading
from pages.ui.state.reading import Reading

UNCHANGED = 1e-4  # of a length


@dataclass(frozen=True, kw_only=True, eq=False)
class NormOff(Panel):
    """The choice, and what it changes. It tells the norm that is left out as `choice`."""

    name = "normoff"
    options: Sequence[tuple[str, str]]  # as `choice` has them, and in words
    off: str
    sentence: str
    labels: Sequence[str] = ()  # of the norms, in the order in which a token passes them
    lengths: Sequence[tuple[str, Sequence[float]]] = ()  # what; the stream's length at each norm
    facts: Sequence[tuple[str, str]] = ()
    tops: Sequence[tuple[str, Sequence[tuple[str, float]]]] = ()  # likeliest next tokens: as trained, and without


def panel(seen: Reading, view: View | None) -> NormOff:
    """Nothing is compared while nothing is left out: the model as it was trained."""
    if view is None:
        return NormOff(options=(), off="", sentence=waiting(seen))
    words = [place.word for place in view.every.places]
    options = [("", f"none: {seen.usual}"), ("all", f"all {len(words)}"), *zip(words, view.names, strict=True)]
    off, labels = seen.inputs.layernorm.off, [label(place) for place in view.every.places]
    lengths = view.every.before.norm(dim=-1).mean(dim=-1).tolist()  # (M,)
    if not off:
        sentence = "Leave one out: it passes on what it gets, its gain with it. The line is how long the stream is."
        return NormOff(
            options=options, off="", sentence=sentence, labels=labels, lengths=[(seen.usual, lengths)]
        )  # fmt: skip
    after = layernorm.without(seen.inputs.model, seen.inputs.step, seen.ids, off, reading.stack_of(seen.inputs))
    try:
        found = compare(seen.model, view.trace, after, seen.ids)
    except ValueError as error:
        return NormOff(options=options, off=off, sentence=str(error), labels=labels, lengths=[(seen.usual, lengths)])
    names = [name.replace("the final", "at the final") for name in view.names]
    titles = (f"Next token, {seen.usual}", "Without " + ("all" if off == "all" else label_of(off)))
    tops = zip(titles, (found.change.top_before, found.change.top_after), strict=True)
    return NormOff(
        options=options,
        off=off,
        sentence=sentence_of(found, names, seen.usual),
        labels=labels,
        lengths=[(seen.usual, found.before.tolist()), ("without", found.after.tolist())],
        facts=facts(found, seen.usual),
        tops=[(title, [(seen.vocabulary[token], share) for token, share in top]) for title, top in tops],
    )


def label_of(word: str) -> str:
    """A norm's word of the link as its row has it."""
    return word.replace(".", " ")


def sentence_of(found: Compared, names: Sequence[str], usual: str) -> str:
    """Where the stream's length changed most, in numbers; that it did not, where nothing stands behind the norm."""
    ratio = found.after / found.before  # (M,)
    place = int(ratio.log().abs().argmax())
    if abs(float(ratio[place]) - 1) < UNCHANGED:
        return "The stream is as long as before at every norm: what is left out stands behind all of them."
    return (
        f"The stream's length changes most {names[place]}: {float(found.before[place]):.1f} {usual}, "
        f"{float(found.after[place]):.1f} without, the mean over the tokens."
    )


def facts(found: Compared, usual: str) -> list[tuple[str, str]]:
    """What became of the prediction."""
    change = found.change
    kept = "the same" if change.top_before[0][0] == change.top_after[0][0] else "another"
    told = [("likeliest next token", kept), (f"next token, KL({usual.split()[-1]} ‖ without)", f"{change.kl:.4f} bits")]
    if change.loss_before is not None and change.loss_after is not None:
        told.append(("loss on this text", both(change.loss_before, change.loss_after, "nats")))
    return told
