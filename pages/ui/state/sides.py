"""A and B of a comparison, each as whole choices that any page could show; and how they change places. No session."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pages.ui import cache
from pages.ui.state import reading
from pages.ui.state.choices.compare import CompareChoice, kept
from pages.ui.state.inputs import Inputs
from pages.ui.state.reading import Reading

if TYPE_CHECKING:
    from gpt.analysis.comparison import Comparison

ALPHABETS = ("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789")


def sides(inputs: Inputs) -> tuple[Inputs, Inputs]:
    """Both sides. As long as nothing tells B apart it is without the edits or, with none, has one character changed."""
    choice, probe = inputs.compare, inputs.probe
    off = choice.off or ("b" if is_edited(inputs) and not choice.chosen and not probe.other else "")
    bare = replace(probe, edits=())
    a = replace(inputs, probe=bare) if off == "a" else inputs
    b = replace(inputs, probe=bare if off == "b" else probe, **model_of(inputs))
    if probe.other and choice.prompt != "a":
        b = replace(b, text=probe.other, written=())
    elif not off and not choice.chosen:
        b = replace(b, text=one_changed(inputs), written=())
    elif b.model != a.model and b.written and vocabulary(a) != vocabulary(b):
        b = replace(b, text=a.full_text, written=())
    return a, b


def readings(inputs: Inputs) -> tuple[Reading, Reading]:
    """Both sides as a page of their own would read them: two cached passes."""
    a, b = (reading.read(side) for side in sides(inputs))
    return a, b


def comparison(a: Reading, b: Reading) -> Comparison | None:
    """What differs between two readings; None as long as one reads no token."""
    from gpt.analysis.comparison import Side, compare

    if a.trace is None or b.trace is None:
        return None
    one, other = Side(a.model, a.trace, a.ids, a.vocabulary), Side(b.model, b.trace, b.ids, b.vocabulary)
    return compare(one, other, a.query)


def model_of(inputs: Inputs) -> dict[str, object]:
    """Model and step of B; a model that has gone meanwhile gives way to A's."""
    choice = inputs.compare
    newest = cache.newest_step(choice.model) if choice.model else None
    if newest is None:
        step = inputs.step if choice.step is None or choice.model else kept(inputs.model, choice.step)
        return {"step": step}
    return {"model": choice.model, "step": newest if choice.step is None else kept(choice.model, choice.step)}


def is_edited(inputs: Inputs) -> bool:
    """Whether a line of the stack of edits is on."""
    return bool(inputs.probe.active)


def vocabulary(inputs: Inputs) -> tuple[str, ...]:
    """(V,) the words of a side's model."""
    return cache.model(inputs.model, inputs.step).tokenizer.tokens


def one_changed(inputs: Inputs) -> str:
    """A's prompt with the next letter in place of one: of the pinned token, else of one in the text's first half.

    That one stays where it is while the text grows to twice its length: so a key behind it costs its own row in B, too.
    """
    text = inputs.full_text
    tokenizer = cache.model(inputs.model, inputs.step).tokenizer
    ids, places = tokenizer.encode_known(text)
    seen = places[max(0, len(ids) - cache.model(inputs.model, inputs.step).config.block_size) :]
    if not seen:
        return text
    from_ = seen[inputs.pin if inputs.pin is not None and inputs.pin < len(seen) else half(len(seen))]
    at = next((i for i in (*range(from_, len(text)), *reversed(range(from_))) if text[i].isalnum()), from_)
    return text[:at] + neighbour(text[at], tokenizer.tokens) + text[at + 1 :]


def half(count: int) -> int:
    """The largest power of two that is at most half of so many; 0 of one."""
    return 1 << count.bit_length() - 2 if count > 1 else 0


def neighbour(character: str, tokens: tuple[str, ...]) -> str:
    """Another character that is a token: the next of its alphabet, else the next of the vocabulary, else itself."""
    alphabet = next((one for one in ALPHABETS if character in one), "")
    known = [one for one in alphabet if one in tokens] or [one for one in tokens if len(one) == 1]
    later = known[known.index(character) + 1 :] if character in known else []
    return (later or [one for one in known if one != character] or [character])[0]


def swapped(inputs: Inputs, number: int) -> Inputs:
    """The choices with A and B in each other's place, by the click of this number."""
    a, b = sides(inputs)
    same = a.full_text == b.full_text
    off = {"b": "a", "a": "b"}.get(off_of(a, b, inputs), "")
    step = None if a.step == (b.step if a.model == b.model else cache.newest_step(a.model)) else a.step
    other = CompareChoice("" if a.model == b.model else a.model, step, off, "a" if same else "", number)
    changed = replace(
        inputs,
        model=b.model,
        step=b.step,
        text=b.text,
        written=b.written,
        compare=other,
        probe=replace(inputs.probe, other=inputs.probe.other if same else a.full_text),
        pin=None,
        cell=None,
        follow=False,
        rev=inputs.rev + 1,
        rev_view=inputs.rev_view + 1,
    )
    return reading.fit_text(changed)


def off_of(a: Inputs, b: Inputs, inputs: Inputs) -> str:
    """Which side is without the edits that the other has."""
    if a.probe.edits == b.probe.edits:
        return ""
    return "b" if a.probe.edits == inputs.probe.edits else "a"
