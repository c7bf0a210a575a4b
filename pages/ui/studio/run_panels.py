"""The chosen run, live: how far it is, its losses among published ones, what it reads and what it writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from gpt import runs
from gpt.published import MARKS, PUBLISHED, standing
from gpt.runs import Status, cost, log
from pages.ui.board import components
from pages.ui.board.panels.batch import Batch
from pages.ui.board.panels.curves import Curves, Mark, Run
from pages.ui.board.panels.progress import Fact, Progress
from pages.ui.board.panels.sample import Sample
from pages.ui.studio import run_list, steering
from pages.ui.studio.history import History, history_of
from pages.ui.studio.words import duration

PUBLISHED_ON = ("shakespeare", "tinyshakespeare")  # the text that the published losses are of


def show(status: Status, over: Sequence[Status]) -> None:
    """One run, with others laid over its losses. Raises RunError when it was deleted."""
    told = history_of(status.id) if status.readable else History()
    progress(status, told)
    steering.buttons(status)
    if not status.readable:
        return
    curves(status, [(one, history_of(one.id)) for one in over if one.readable], told)
    left, right = st.columns(2, gap="small")
    with left:
        read = runs.reading(status.id)
        panel = Batch(step=read.step, text=read.text, tokens=read.tokens, loss=read.loss) if read else Batch()
        components.alone(panel, height="stretch")
    with right:
        written = told.samples[-1] if told.samples else log.Sample(0, "")
        components.alone(Sample(step=written.step, text=written.text), height="stretch")
    with st.expander("All that it wrote, newest first", key="samples"):
        for line in reversed(told.samples):
            st.text(f"step {line.step:,}\n{line.text}")


def progress(status: Status, told: History) -> None:
    """How far it is, and the numbers of its newest step."""
    sentence = f"{status.name} is {run_list.state(status)}"
    if status.readable:
        sentence += f": step {status.step:,} of {status.steps:,}"
    share = min(1.0, status.step / status.steps) if status.steps else 0.0
    panel = Progress(sentence=f"{sentence}.", message=status.message, share=share, facts=facts(status, told))
    components.alone(panel)


def facts(status: Status, told: History) -> list[Fact]:
    """The numbers, the same ones for as long as there is the run: a dash for what is not known yet."""
    if not status.readable:
        return []
    line = told.latest or log.Train(0)

    def fact(name: str, value: object, written: str = "{}") -> Fact:
        return Fact(name=name, value="–" if value is None else written.format(value))

    found = [fact("tokens / s", line.tokens_per_second, "{:,}")]
    if status.train.get("optimizer") == "muon":  # most numbers are in matrices, which Muon steps
        found += [
            fact("rate of Muon", line.muon_lr, "{:.2g}"),
            fact("rate of AdamW", line.lr, "{:.2g}"),
        ]
    else:
        found.append(fact("learning rate", line.lr, "{:.2g}"))
    found.append(fact("gradient norm", line.grad_norm, "{:.2f}"))
    found.append(fact("computes in", status.precision or None))
    found.append(fact("trained for", None if status.imported else duration(status.seconds)))
    found.append(fact("on disk", cost.shown(status.size)))
    found.append(fact("still to go", None if status.eta is None else duration(status.eta)))
    return found


def curves(status: Status, over: Sequence[tuple[Status, History]], told: History) -> None:
    """Its losses and those that are laid over them, with the published ones of the same text."""
    all_of_them = [(status, told), *over]
    names = Counter(one.name for one, _ in all_of_them)
    shown = [
        Run(
            name=one.name if names[one.name] == 1 else f"{one.name} ({one.id})",
            steps=one.steps,
            train=history.thinned(),
            val=history.val,
        )
        for one, history in all_of_them
    ]
    known = status.corpus in PUBLISHED_ON
    marks = [Mark(name=name, loss=PUBLISHED[name].loss) for name in MARKS] if known else []
    note = f"Validation (line) and training loss (dots), nats a character. {where(status)}"
    components.alone(Curves(title="Losses", note=note, runs=shown, marks=marks))


def where(status: Status) -> str:
    """Where its loss lies among the published ones; nothing for another text, or before it was measured."""
    if status.corpus not in PUBLISHED_ON or status.val_loss is None:
        return ""
    return f"Validation loss {status.val_loss:.3f}: {standing(status.val_loss)}"
