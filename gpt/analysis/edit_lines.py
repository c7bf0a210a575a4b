"""A stack of edits in the words of a link, `head.1.6.zero~-mlp.3.mean~off.positions`: read, bounded, written.

Layers, heads, tokens and neurons count from 1 in words and from 0 in a `Line`; `-` in front is a line switched off. No
torch here, for links are read early. What a line does to a model stands in `gpt.analysis.stacks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gpt.config import need_bool, need_int, need_one_of, need_real

MOST_LINES = 12
MOST_WORDS = 1_000  # characters of a whole stack in words; twelve of the longest lines are fewer
MOST = 10**6  # beyond every layer, head, token, neuron and id
LARGEST = 1_000.0  # of a factor or a strength
DIGITS = 4  # after the point of a number, as a link carries it

HEAD_SITES = ("q", "k", "v", "scores", "pattern", "z")  # one slice a head
HEAD_VECTOR_SITES = ("q", "k", "v", "z")  # one vector a token and head
VECTOR_SITES = ("resid_pre", "attn_out", "resid_mid", "mlp_out", "resid_post")  # one vector of the stream a token
SITES = (*VECTOR_SITES, *HEAD_SITES, "mlp_pre", "mlp_post")
MODES = ("zero", "mean")  # what a silent part hands on: nothing, or the mean so far
DIRECTIONS = ("token", "neuron", "prompts")  # a token's vector, what a neuron writes, the other prompt's mean
PARTS = ("norm", "positions", "mask", "scale")  # what can be off

# What follows each kind, in its order; "?" may be "all". The words of `of` depend on the direction.
FORMS: dict[str, tuple[str, ...]] = {
    "head": ("layer", "head", "mode"),
    "mlp": ("layer", "mode"),
    "attn": ("layer", "mode"),
    "token": ("token", "mode"),
    "neuron": ("layer", "neuron"),
    "scale": ("site", "layer", "head?", "amount"),
    "patch": ("site", "layer", "head?", "token?"),
    "add": ("site", "layer", "token?", "amount", "of"),
    "weight": ("layer", "head", "token", "key", "amount"),
    "cut": ("layer?", "head?", "token", "key"),
    "off": ("part",),
}
WORDS = {"mode": MODES, "site": SITES, "part": PARTS}  # what these fields may say
AMOUNT = re.compile(r"-?\d{1,4}(\.\d{1,8})?(?=\.|$)")


@dataclass(frozen=True)
class Line:
    """One edit of a stack; what a kind does not need (see `FORMS`) stays as it is by default.

    Raises ValueError, with a sentence, for what can be in no model. Whether it is in this one is asked later.
    """

    kind: str
    site: str = ""
    layer: int | None = None  # None: all of them
    head: int | None = None  # None: all of them
    token: int | None = None  # None: all of them; of an edge or a weight the token that looks
    key: int | None = None  # the token that is looked at
    neuron: int | None = None
    amount: float = 0.0  # a factor, a strength, or a weight of attention; rounded to `DIGITS`
    mode: str = ""  # of MODES
    part: str = ""  # of PARTS
    direction: str = ""  # of DIRECTIONS
    of_layer: int | None = None  # the layer of the neuron that the direction is of
    of: int | None = None  # that neuron, or the token's id
    on: bool = True

    def __post_init__(self) -> None:
        need_one_of("kind of an edit", self.kind, tuple(FORMS))
        need_bool("on", self.on)
        need_real("amount of an edit", self.amount, -LARGEST, LARGEST)
        object.__setattr__(self, "amount", round(float(self.amount), DIGITS) + 0.0)
        form = {one.removesuffix("?"): one.endswith("?") for one in FORMS[self.kind]}
        for field in ("layer", "head", "token", "key", "neuron"):
            self._whole(field, field in form, form.get(field, True))
        for field, words in WORDS.items():
            need_one_of(f"{field} of an edit", getattr(self, field), words if field in form else ("",))
        if self.kind == "weight":
            need_real("weight", self.amount, 0.0, 1.0)
        if self.kind in ("scale", "patch") and self.head is not None:
            need_one_of("site of one head", self.site, HEAD_SITES)
        if self.kind == "patch" and self.token is not None:
            need_one_of("site of one token", self.site, VECTOR_SITES if self.head is None else HEAD_VECTOR_SITES)
        self._direction()

    def _direction(self) -> None:
        """Which vector is added."""
        adds = self.kind == "add"
        need_one_of("direction", self.direction, DIRECTIONS if adds else ("",))
        if adds:
            need_one_of("site of a direction", self.site, VECTOR_SITES)
        self._whole("of_layer", self.direction == "neuron", False)
        self._whole("of", self.direction in ("token", "neuron"), False)

    def _whole(self, field: str, there: bool, may_be_all: bool) -> None:
        """A whole number from 0 where there must be one, None where there is none."""
        value = getattr(self, field)
        if there and not (may_be_all and value is None):
            need_int(f"{field} of an edit", value, 0, MOST)
        elif value is not None and not there:
            raise ValueError(f"An edit of the kind {self.kind!r} has no {field}.")


def read_lines(text: str) -> tuple[Line, ...]:
    """The stack that these words mean; none for no words. Raises ValueError, with one sentence, for anything else."""
    if len(text) > MOST_WORDS:
        raise ValueError(f"The edits are longer than {MOST_WORDS:,} characters: take some out.")
    words = text.split("~") if text else []
    if len(words) > MOST_LINES:
        raise ValueError(f"There are {len(words)} edits, but a stack holds at most {MOST_LINES}: take some out.")
    return tuple(read_line(word) for word in words)


def read_line(word: str) -> Line:
    """One line. Raises ValueError, with one sentence."""
    on, rest = not word.startswith("-"), word.removeprefix("-")
    kind, _, rest = rest.partition(".")
    try:
        fields = dict[str, int | float | str | None]()
        for field in FORMS[kind]:
            rest = read_field(fields, field, rest)
        if rest:
            raise ValueError("too many words")
        return Line(kind, on=on, **fields)  # type: ignore[arg-type] # each field is read as what it is
    except (KeyError, ValueError) as error:
        shown = "".join(c if c.isprintable() else "?" for c in word[:60])
        raise ValueError(f"“{shown}” is not an edit, such as “head.1.6.zero”: leave it out.") from error


def read_field(fields: dict[str, int | float | str | None], field: str, rest: str) -> str:
    """Read one field from the beginning of the words; what is left of them."""
    if field == "amount":
        found = AMOUNT.match(rest)
        if found is None:
            raise ValueError("no number")
        fields[field] = float(found[0])
        return rest[found.end() :].removeprefix(".")
    word, _, rest = rest.partition(".")
    if field == "of":
        fields["direction"] = word
        if word == "neuron":
            layer, _, rest = rest.partition(".")
            fields["of_layer"] = counted(layer)
        if word in ("token", "neuron"):
            of, _, rest = rest.partition(".")
            fields["of"] = counted(of) if word == "neuron" else counted(of, 0)
    elif field.endswith("?") and word == "all":
        fields[field.removesuffix("?")] = None
    else:
        fields[field.removesuffix("?")] = word if field in WORDS else counted(word)
    return rest


def counted(word: str, first: int = 1) -> int:
    """A whole number that people count from `first`, from 0. Raises ValueError for any other word."""
    if not (word.isascii() and word.isdecimal()) or len(word) > 7 or int(word) < first:
        raise ValueError("no number")
    return int(word) - first


def write_lines(lines: Iterable[Line]) -> str:
    """The words of a stack, as `read_lines` reads them."""
    return "~".join(write_line(line) for line in lines)


def write_line(line: Line) -> str:
    """The words of one line."""
    words = [line.kind]
    for field in FORMS[line.kind]:
        if field == "of":
            words.append(line.direction)
            words += [] if line.of_layer is None else [str(line.of_layer + 1)]
            words += [] if line.of is None else [str(line.of + (line.direction == "neuron"))]
            continue
        value = getattr(line, field.removesuffix("?"))
        if field == "amount" or field in WORDS:
            words.append(str(value))
        else:
            words.append("all" if value is None else str(value + 1))
    return ("" if line.on else "-") + ".".join(words)
