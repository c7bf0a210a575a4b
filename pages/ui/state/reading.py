"""What the model reads: from a visitor's choices to the tokens, and the pass that everything on a page comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pages.ui import cache
from pages.ui.shared import shared
from pages.ui.state.inputs import Inputs
from pages.ui.state.validate import EXAMPLES, START, TASK_EXAMPLES, TASKS

if TYPE_CHECKING:
    from gpt.analysis.stacks import Flow
    from gpt.checkpoint import Checkpoint
    from gpt.config import GPTConfig
    from gpt.model import GPT
    from gpt.tokenizers import Tokenizer
    from gpt.trace import Trace

OF_THE_MECHANISM = ("cell", "switches")  # what only a page that takes the mechanism apart shows
VECTORS = ("q", "k", "v", "z")  # the stages that are D numbers a token; the others are a number for each pair


@dataclass(frozen=True)
class Reading:
    """One prompt, read by one model at one step."""

    inputs: Inputs  # the choices, as far as this model and prompt have them
    ignores: tuple[str, ...]  # those of them that this page does not show
    checkpoint: Checkpoint
    model: GPT  # with what is off by the stack of edits, and with the switches turned, where they count
    ids: tuple[int, ...]  # (T,) the tokens that the model sees, at most its context
    tokens: tuple[str, ...]  # (T,) what they are
    chips: tuple[tuple[str, int], ...]  # what the strip shows: (text, token's place, or -1 for an unknown character)
    hidden: int  # known tokens before these, out of sight
    unknown: tuple[str, ...]  # the characters that the model does not know, each once
    written: int  # the place of the first token that the model wrote itself
    trace: Trace | None  # everything inside, with the edits and the switches turned; None without a token
    trained: Trace | None  # the same without any: the model as it was trained
    flow: Flow | None = None  # what the stack of edits is here; None without a line that is on, or a token

    @property
    def config(self) -> GPTConfig:
        """The config of the model as the page shows it."""
        return self.model.config

    @property
    def edited(self) -> bool:
        """Whether anything of a stack of edits is made here."""
        return self.flow is not None and bool(self.flow.lines)

    @property
    def before(self) -> Trace | None:
        """The pass that a switch of a page is compared with: with the stack of edits, and without the switch."""
        return self.flow.trace if self.flow else self.trained

    @property
    def usual(self) -> str:
        """What `before` is called."""
        return "with the edits" if self.edited else "as trained"

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """(V,) the text of each id."""
        return self.checkpoint.tokenizer.tokens

    @property
    def query(self) -> int:
        """The token that one looks from: the pinned one, else the last."""
        return len(self.ids) - 1 if self.inputs.pin is None else self.inputs.pin

    @property
    def cell(self) -> tuple[str, int, int] | None:
        """The number to work out: the chosen one, else the largest share of the token one looks from."""
        if self.trace is None or not self.config.n_layer:
            return None
        row = self.trace.pattern[self.inputs.layer, self.inputs.head, self.query]  # (T,)
        return self.inputs.cell or ("pattern", self.query, int(row.argmax()))


def read(chosen: Inputs, switches: bool = False) -> Reading:
    """Read the visitor's text with the chosen model: one cached pass, and a second with edits, or with switches on."""
    checkpoint = cache.model(chosen.model, chosen.step)
    known, places = checkpoint.tokenizer.encode_known(chosen.text)
    every = (*known, *(token.id for token in chosen.written))
    hidden = max(0, len(every) - checkpoint.config.block_size)
    ids = every[hidden:]
    model, trained = checkpoint.model, cache.trace(chosen.model, chosen.step, ids) if ids else None
    trace, stack = trained, stack_of(chosen)
    flow = cache.edited(chosen.model, chosen.step, ids, *stack) if stack[0] and ids else None
    if flow and flow.lines:
        model, trace = flow.model, flow.trace
    fitting = fit(chosen, model.config, len(ids))
    if switches and fitting.switches and ids:
        place = (fitting.layer, fitting.head)
        model, trace = cache.switched(chosen.model, chosen.step, ids, fitting.switches, *place, stack)
    cut = cut_up(chosen.text, known, places, checkpoint.tokenizer)
    cut += [(token.text, len(known) + i) for i, token in enumerate(chosen.written)]
    return Reading(
        inputs=fitting,
        ignores=() if switches else OF_THE_MECHANISM,
        checkpoint=checkpoint,
        model=model,
        ids=ids,
        tokens=tuple(checkpoint.tokenizer.tokens[i] for i in ids),
        chips=in_sight(cut, hidden),
        hidden=hidden,
        unknown=tuple(dict.fromkeys(text for text, place in cut if place < 0)),
        written=len(ids) - len(chosen.written),
        trace=trace,
        trained=trained,
        flow=flow,
    )


def stack_of(chosen: Inputs) -> cache.Stacked:
    """The edits that are on, and the other prompt's tokens, at most the model's context of them; both empty without."""
    lines = chosen.probe.active
    if not lines:
        return cache.PLAIN
    checkpoint = cache.model(chosen.model, chosen.step)
    return lines, tuple(checkpoint.tokenizer.encode_known(chosen.probe.other)[0][-checkpoint.config.block_size :])


def cut_up(text: str, ids: Sequence[int], places: Sequence[int], tokenizer: Tokenizer) -> list[tuple[str, int]]:
    """A text as its tokens, each with its number, and the characters between them that are no token, with -1."""
    parts, at, lengths = list[tuple[str, int]](), 0, tokenizer.lengths
    for i, (token, place) in enumerate(zip(ids, places, strict=True)):
        parts += [(character, -1) for character in text[at:place]]
        parts.append((tokenizer.tokens[token], i))
        at = place + lengths[token]
    return parts + [(character, -1) for character in text[at:]]


def in_sight(parts: Sequence[tuple[str, int]], hidden: int) -> tuple[tuple[str, int], ...]:
    """The parts from the first token that is seen, whose place is 0."""
    first = next((at for at, (_, place) in enumerate(parts) if place == hidden), 0) if hidden else 0
    return tuple((text, place - hidden if place >= 0 else -1) for text, place in parts[first:])


def fit(chosen: Inputs, config: GPTConfig, T: int) -> Inputs:
    """The choices without what a model of this config does not have, or a prompt of T tokens."""
    from gpt.analysis.switches import compatible

    layer, head = min(chosen.layer, max(config.n_layer - 1, 0)), min(chosen.head, config.n_head - 1)
    pin, cell = chosen.pin, chosen.cell
    if pin is not None and pin >= T:
        pin = None
    if cell is not None and not (cell[1] < T and cell[2] < (config.head_size if cell[0] in VECTORS else T)):
        cell = None
    norm = min(chosen.norm, 1 if config.feed_forward else 0)
    switches = compatible(config, chosen.switches)
    own = chosen.layernorm.fitting(config)
    return replace(chosen, layer=layer, head=head, norm=norm, pin=pin, cell=cell, switches=switches, layernorm=own)


def fit_text(chosen: Inputs) -> Inputs:
    """The choices without what their own text does not have: a pin goes with its token, as it does in the browser."""
    return fit(chosen, cache.model(chosen.model, chosen.step).config, count(chosen))


def count(chosen: Inputs) -> int:
    """T, how many tokens the model sees."""
    checkpoint = cache.model(chosen.model, chosen.step)
    every = len(checkpoint.tokenizer.encode_known(chosen.text)[0]) + len(chosen.written)
    return min(every, checkpoint.config.block_size)


def readable(tokenizer: Tokenizer, text: str) -> bool:
    """Whether there is a token for all of a text."""
    return sum(tokenizer.lengths[i] for i in tokenizer.encode_known(text)[0]) == len(text)


@shared(64)
def examples(model: str, step: int) -> list[str]:
    """The example prompts that a model can read in full; one that has a token for each byte is asked for its kind."""
    loaded = cache.model(model, step)
    found = [text for text in EXAMPLES if readable(loaded.tokenizer, text)]
    if 0 not in loaded.tokenizer.lengths:
        return found
    task = loaded.record.get("corpus") in TASKS
    return [text for text in found if (text in TASK_EXAMPLES) == task]


def opening_text(model: str, step: int) -> str:
    """The prompt to begin with: one that the model can read."""
    fitting = examples(model, step)
    return START if START in fitting or not fitting else fitting[0]


def opening_head(model: str, step: int, text: str) -> tuple[int, int]:
    """Layer and head to begin with: one that finds the start of the word, or an earlier copy, else the clearest."""
    from gpt.analysis import heads

    loaded = cache.model(model, step)
    text = START if readable(loaded.tokenizer, START) else text
    ids = tuple(loaded.tokenizer.encode_known(text)[0])[-loaded.config.block_size :]
    if not ids:
        return 0, 0
    trace = cache.trace(model, step, ids)
    vocabulary, usual = loaded.tokenizer.tokens, cache.usual(model, step)
    roles = heads.describe(trace.pattern, [vocabulary[i] for i in ids], usual, heads.meaningful(vocabulary))
    if not roles:
        return 0, 0
    best = max(roles, key=lambda role: (role.name in ("word start", "induction"), role.share))
    return best.layer, best.head
