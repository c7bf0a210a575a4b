"""The engine behind caches that all sessions share. Keys are names, numbers and tuples, never arrays.

What is cached is never changed: models are frozen, traces are only read. Torch is imported inside, so that the first
page paints before it is here.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from gpt import bundled, corpora, record, runs, size
from gpt.config import GPTConfig, TrainConfig
from gpt.storage.step_files import step_name
from gpt.train import speed_probe
from pages.ui import rows
from pages.ui.lately import Lately, Lines
from pages.ui.shared import shared

if TYPE_CHECKING:
    from gpt.analysis.edit_lines import Line
    from gpt.analysis.embeddings import Map
    from gpt.analysis.emergence import Emergence
    from gpt.analysis.heads import Usual
    from gpt.analysis.stacks import Edited, Flow
    from gpt.checkpoint import Checkpoint
    from gpt.model import GPT
    from gpt.trace import Trace

DEFAULT = "shakespeare"
FRESH = 2.0  # seconds that the list of runs is believed
TRACES = 48  # passes with edits that are kept
NUMBERS = 160_000_000  # of other passes, 4 bytes each: the last ones of a hundred people with 64 tokens
RECENT = 256  # passes that a new one may begin with
OF_A_LINE = 2  # passes of one text that grows key after key
TEXT_LENGTH = 64  # tokens of each text that roles are looked for in


Stacked = tuple[tuple["Line", ...], tuple[int, ...]]  # the edits that are on, and the other prompt's tokens
PLAIN: Stacked = ((), ())  # no edit
_read_lately: Lately[Trace] = Lately(RECENT)
_lines: Lines[Trace] = Lines(OF_A_LINE)
_refused: dict[tuple[str, int], str] = {}  # kept steps of runs whose files turned out to be no models, and why


def offered() -> dict[str, bundled.Shelved]:
    """The models to choose from, by id: the bundled ones, the lessons', and every run that has kept a step.

    The ids of those that come with the app are theirs: a run in a folder of such a name is not offered.
    """
    found = {model.name: model for model in bundled.shelf()}
    for run in trained():
        files = tuple(file for file in run.files if (run.name, file[0]) not in _refused)
        if files:
            found.setdefault(run.name, run if len(files) == len(run.files) else replace(run, files=files))
    return found


def refusal(name: str, step: int) -> str:
    """Why a kept step cannot be shown: its file is no model. Nothing when it can; else it is not offered any more."""
    if name not in offered_at_start() and (name, step) not in _refused:
        try:
            model(name, step)
        except (ValueError, OSError) as error:
            _refused[name, step] = str(error) if isinstance(error, ValueError) else f"{error.strerror}."
    return _refused.get((name, step), "")


def newest_step(name: str) -> int | None:
    """The newest step of an offered model that can be shown; None when there is none."""
    while (chosen := offered().get(name)) is not None:
        if not refusal(name, chosen.steps[-1]):
            return chosen.steps[-1]
    return None


def check_steps(name: str) -> None:
    """Look at every kept step of a model, so that those which cannot be shown are not offered any more."""
    for step in offered()[name].steps:
        refusal(name, step)


def trained() -> tuple[bundled.Shelved, ...]:
    """The runs' models, newest first; looked up anew every other second, so that a training is seen to move on.

    Not by a cache with a time to live, which may die between two looks of one page.
    """
    return trained_at(int(time.monotonic() / FRESH))


@shared(2)
def trained_at(moment: int) -> tuple[bundled.Shelved, ...]:
    """The same, found at most once a moment."""
    found, known = [], runs.listing()
    titles = runs.titles(known)
    for status in known:
        if status.kept:  # one that cannot be read has none
            folder = runs.Run(runs.home() / status.id).steps
            files = tuple((step, folder / step_name(step)) for step in status.kept)
            parameters = size.count(GPTConfig.from_json(status.model))
            about = f"Trained here on {status.corpus}."
            found.append(bundled.Shelved(status.id, about, parameters, files, titles[status.id], "run"))
    return tuple(found)


def offered_at_start() -> set[str]:
    """The names of the models that come with the app."""
    return {model.name for model in bundled.shelf()}


def forget_offered() -> None:
    """Look the runs up again now."""
    trained_at.cache_clear()
    _refused.clear()


@shared(64)
def alphabet_size(corpus: str) -> int:
    """How many different characters a text of the shelf has."""
    return len(set(corpora.load(corpus).text))


@shared(256)
def speed(config: GPTConfig, train: TrainConfig) -> float:
    """Tokens a second that such a training does on this machine, by a probe of two seconds in its own process."""
    return speed_probe.tokens_per_second(config, train)


@shared(40)
def model(name: str, step: int) -> Checkpoint:
    """A bundled model at one of its steps."""
    from gpt import checkpoint

    return checkpoint.load(offered()[name].file(step))


def numbers(found: Trace) -> int:
    """How many numbers a pass takes of all that may be kept; never so many that no other one finds room."""
    return min(vars(found)["count"], NUMBERS // 4)


@shared(NUMBERS, numbers)
def trace(name: str, step: int, ids: tuple[int, ...]) -> Trace:
    """Everything inside, for one prompt: one pass, shared by every panel and every student who types it.

    The pass begins where this text leaves one that was read lately, so that a key behind a text costs its own row.
    """
    from gpt.trace import read_on

    loaded = model(name, step).model
    seen, kept = _read_lately.closest(loaded, ids)
    found = read_on(loaded, seen, kept, ids)
    if loaded.config.causal:
        rows.grew(found, seen, kept)
    _read_lately.add(loaded, ids, found)
    for one in _lines.left_behind(found, (name, step, ids), seen):
        trace.forget(*one)
    return found


def reads(name: str, step: int, stack: Stacked = PLAIN) -> GPT | Edited:
    """What reads and writes: the model, or the one that a stack of edits is made in, which takes whole passes."""
    return editing(name, step, *stack) if stack[0] else model(name, step).model


@shared(16)
def editing(name: str, step: int, lines: tuple[Line, ...], other: tuple[int, ...]) -> Edited:
    """A model that a stack of edits is made in; it reads as a model does."""
    from gpt.analysis.stacks import Edited

    return Edited(model(name, step).model, lines, other)


@shared(TRACES)
def edited(name: str, step: int, ids: tuple[int, ...], lines: tuple[Line, ...], other: tuple[int, ...]) -> Flow:
    """What flows on one prompt with a stack of edits: lines that are on, and the other prompt's tokens."""
    return editing(name, step, lines, other).flow(ids)


@shared(48)
def switched(
    name: str, step: int, ids: tuple[int, ...], on: tuple[str, ...], layer: int, head: int, stack: Stacked = PLAIN
) -> tuple[GPT, Trace]:
    """The model with switches turned (it shares the weights), and its pass over one prompt, with a stack of edits."""
    from gpt.analysis.stacks import edits_on
    from gpt.analysis.switches import switched as turn
    from gpt.trace import trace as run

    flow = edited(name, step, ids, *stack) if stack[0] else None
    changed, edits = turn(flow.model if flow else model(name, step).model, on, layer, head)
    own = edits_on(changed, ids, flow.lines, stack[1])[1] if flow else ()
    return changed, run(changed, ids, (*own, *edits))


@shared(40)
def token_map(name: str, step: int) -> Map:
    """The map of a model's token table."""
    from gpt.analysis.embeddings import maps

    return maps([model(name, step).model])[0]


@shared(8)
def run_maps(name: str, steps: tuple[int, ...]) -> dict[int, Map]:
    """The maps of all kept steps, on the same axes."""
    from gpt.analysis.embeddings import maps

    return dict(zip(steps, maps([model(name, step).model for step in steps]), strict=True))


@shared(40)
def texts(name: str) -> tuple[tuple[int, ...], ...]:
    """Pieces of the text that a model was not trained on, as ids; none if that text is not here."""
    from gpt.corpora.excerpts import held_out

    loaded = model(name, offered()[name].steps[-1])
    length = min(loaded.config.block_size, TEXT_LENGTH)
    return tuple(tuple(ids) for ids in held_out(str(loaded.record.get("corpus")), loaded.tokenizer, length))


@shared(256)
def usual(name: str, step: int) -> Usual | None:
    """What every head does as a rule: its roles over `texts`; None without any."""
    from gpt.analysis.usual import usual as find

    loaded = model(name, step)
    return find(loaded.model, texts(name), loaded.tokenizer.tokens)


def emergence(name: str, steps: tuple[int, ...], ids: tuple[int, ...]) -> Emergence:
    """When the heads took up their roles: over `texts`, or on this prompt where there are none."""
    return emerged(name, steps, () if texts(name) else ids)


@shared(64)
def emerged(name: str, steps: tuple[int, ...], ids: tuple[int, ...]) -> Emergence:
    """Loads every kept step, so that moving is quick."""
    from gpt.analysis import emergence
    from gpt.analysis.usual import usual as find

    loaded = [model(name, step) for step in steps]
    if not loaded[-1].config.n_layer:
        return emergence.Emergence((), emergence.NO_HEADS)
    if ids:
        return emergence.emergence([find(one.model, [ids], one.tokenizer.tokens) for one in loaded], steps, False)
    return emergence.emergence([usual(name, step) for step in steps], steps, True)


@shared(256)
def sample(name: str, step: int, length: int = 80) -> str:
    """What the model writes at this step after a newline (or its first token), always with the same seed."""
    from gpt import sampling

    loaded = model(name, step)
    return sampling.sample(loaded.model, loaded.tokenizer, length)


@shared(64)
def losses(name: str, last: int) -> tuple[tuple[int, float, float], ...]:
    """The losses up to the kept step `last`, from its record: (step, validation, training) in nats a character."""
    lines = model(name, last).record.get("losses", ())
    found = [(line["step"], record.by_character(line)) for line in lines]
    return tuple((step, val, train) for step, (train, val) in found)


def in_training(name: str) -> bool:
    """Whether this model is a run that is being trained now."""
    if name in offered_at_start():
        return False
    try:
        return runs.status_of(name).running
    except ValueError:  # the run is gone
        return False
