"""The studio's runs: the table, the chosen one live, and what its owner may do with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from gpt import runs
from gpt.presets import PRESETS
from gpt.published import PUBLISHED
from gpt.runs import Status, control, log
from gpt.runs.log import Eval, Line, State, Train
from pages.ui import cache
from pages.ui.board import components, layout
from pages.ui.board.panels.batch import Batch
from pages.ui.board.panels.curves import Curves, Mark, Run
from pages.ui.board.panels.sample import Sample
from pages.ui.problem import problem
from pages.ui.state import callbacks, validate, visitor
from pages.ui.state.inputs import Inputs

MARKS = ("bigram", "one head", "many heads", "+ residual", "10.8 M on a GPU")  # the published losses that are drawn
WIDTHS = {"name": 140, "state": 80, "step": 112, "what is different": 225}  # pixels
STATES: Mapping[State, str] = {
    "running": "training",
    "queued": "waiting",
    "interrupted": "stopped unexpectedly",
    "unreadable": "unreadable",
}  # where the engine's word is not the page's


def changes(status: Status) -> str:
    """What differs from the run it was forked from, or from the nearest preset: "n_head 4 -> 1"."""
    if not status.readable:
        return status.message
    fields = {**status.model, **status.train}
    known = {name: {**preset.model.to_json(), **preset.train.to_json()} for name, preset in PRESETS.items()}
    if status.parent:
        try:
            parent = runs.status_of(status.parent)
            if not parent.readable:
                return f"forked at step {status.parent_step:,} of a run that cannot be read"
            known = {f"{parent.name} at step {status.parent_step:,}": {**parent.model, **parent.train}}
        except ValueError:
            if status.parent not in known:
                return f"forked at step {status.parent_step:,} of a run that is gone"
            known = {f"{status.parent} at step {status.parent_step:,}": known[status.parent]}
    ignored = {"vocab_size", "storage", "eval_every", "eval_batches", "snapshots", "save_every", "keep_evals"}

    def differences(base: dict) -> list[str]:
        return [f"{k} {base[k]} -> {v}" for k, v in fields.items() if k in base and k not in ignored and base[k] != v]

    name = min(known, key=lambda n: len(differences(known[n])))
    return f"{name}: " + (", ".join(differences(known[name])[:5]) or "unchanged")


def curve(status: Status, lines: Sequence[Line]) -> Run:
    """One run's losses for the chart, at most some 400 points."""
    train = [[line.step, line.loss] for line in lines if isinstance(line, Train)]
    val = [[line.step, line.val] for line in lines if isinstance(line, Eval)]
    return {"name": status.name, "steps": status.steps, "train": train[:: max(1, len(train) // 400)], "val": val}


def table(found: tuple[Status, ...]) -> list[str]:
    """All runs; the ids of those that are ticked, to be laid over each other."""
    rows = [
        {
            "name": s.name, "state": STATES.get(s.state, s.state), "step": f"{s.step:,} / {s.steps:,}",
            "validation": s.val_loss, "what is different": changes(s), "training": s.train_loss,
            "minutes": s.seconds / 60, "MB": s.size / 1e6,
        }
        for s in found
    ]  # fmt: skip
    picked = st.dataframe(
        pd.DataFrame(rows), key="runs-table", hide_index=True, on_select="rerun", selection_mode="multi-row",
        column_config={name: st.column_config.Column(width=wide) for name, wide in WIDTHS.items()}
        | {name: st.column_config.NumberColumn(format="%.3f", width=82) for name in ("validation", "training")}
        | {name: st.column_config.NumberColumn(format="%.1f", width=72) for name in ("minutes", "MB")},
    )  # fmt: skip
    return [found[i].id for i in picked.selection.rows if i < len(found)]


def act(label: str, do: Callable[[], object], key: str, disabled: bool = False) -> None:
    """A button that does one thing; what cannot be done is one sentence."""
    if st.button(label, key=key, disabled=disabled):
        try:
            do()
        except (ValueError, OSError) as error:
            st.warning(problem(error))
            return
        st.rerun()


def buttons(status: Status) -> None:
    """Pause, resume, one step, stop, fork, delete: only for whoever started the run, or the teacher."""
    me, teacher, run = visitor.owner(), visitor.is_teacher(), status.id
    mine, live = control.may_control(status, me, teacher), status.running or status.queued
    with st.container(horizontal=True, gap="xsmall"):
        act("Pause", lambda: control.pause(run, me, teacher), "run-pause", not (mine and status.running))
        act("Resume", lambda: control.resume(run, me, teacher), "run-resume", not (mine and status.resumable))
        act("One step", lambda: control.step_once(run, me, teacher), "run-step", not (mine and status.resumable))
        act("Stop", lambda: control.stop(run, me, teacher), "run-stop", not (mine and live))
        last = status.kept[-1] if status.kept else 0
        name = f"{status.name}, from step {last:,}"
        act("Fork", lambda: fork(run, last, name, me, teacher), "run-fork", not status.kept)
        act("Open everywhere", lambda: callbacks.open_run(run), "run-open", not status.kept)
        if status.kept:
            st.download_button("Download", lambda: runs.export(run), f"{run}.safetensors", key="run-download")
        with st.popover("More"):
            fresh = st.text_input("New name", value=status.name, max_chars=60, key=f"rename-{run}")
            act("Rename", lambda: control.rename(run, validate.clean(fresh), me, teacher), "run-rename", not mine)
            act(
                "Delete for good", lambda: control.delete(run, me, teacher, status.name), "run-delete", not mine or live
            )
    if not mine and status.readable:
        st.markdown("Someone else started this run: you can watch, fork and download it.")


def fork(run: str, step: int, name: str, me: str, teacher: bool) -> None:
    """Fork, once a double click, and show the new run."""
    visitor.choose_run(control.fork(run, step, {}, name, me, visitor.request(("fork", run, step)), teacher))


def train_further(chosen: Inputs) -> None:
    """A button: a new run from the step that is shown, of a run or of a bundled model; the studio then shows it.

    Only in a fragment: when the browser tells who it is, the whole page must not be drawn a second time amid its first.
    """
    layout.ask_owner()
    if not st.button(f"Train this model further from step {chosen.step:,}", key="further"):
        return
    grow = control.fork_bundled if chosen.model in cache.offered_at_start() else control.fork
    name = f"{chosen.shelved.title or chosen.model}, from step {chosen.step:,}"
    wish = visitor.request(("further", chosen.model, chosen.step))
    try:
        visitor.choose_run(grow(chosen.model, chosen.step, {}, name, visitor.owner(), wish, visitor.is_teacher()))
    except (ValueError, OSError) as error:
        st.warning(problem(error))
        return
    st.switch_page("pages/train/studio.py")


def normal(status: Status) -> str:
    """What to expect at this point, from the losses that people have published on tiny Shakespeare."""
    if status.corpus not in ("shakespeare", "tinyshakespeare") or status.val_loss is None:
        return ""
    below = [PUBLISHED[name] for name in MARKS if status.val_loss <= PUBLISHED[name].loss]
    if not below:
        return f"Validation loss {status.val_loss:.3f}: above the published bigram's 2.49, as it is at first."
    best = below[-1]
    return (
        f"Validation loss {status.val_loss:.3f}: below the {best.loss:.2f} of {best.name} ({best.size}; {best.cited})."
    )


def pace(line: Train, eta: float | None) -> str:
    """How fast it goes, by what rate each optimizer steps, and how long it will take; what a line lacks is left out."""
    facts = [] if line.tokens_per_second is None else [f"{line.tokens_per_second:,} tokens a second"]
    if line.lr is not None and line.muon_lr is not None:
        facts.append(f"learning rates {line.muon_lr:.2g} (Muon, the matrices of the blocks) and {line.lr:.2g} (AdamW)")
    elif line.lr is not None:
        facts.append(f"learning rate {line.lr:.2g}")
    if line.grad_norm is not None:
        facts.append(f"gradient norm {line.grad_norm:.2f}")
    if eta is not None:
        facts.append(f"about {eta / 60:.1f} minutes left")
    return f"{', '.join(facts)}." if facts else ""


def chosen_run(status: Status, overlaid: list[Status]) -> None:
    """One run, live."""
    name, way = validate.plain(status.name), STATES.get(status.state, status.state)
    at = f": step {status.step:,} of {status.steps:,}" if status.readable else ""
    lines = runs.tail(status.id).lines if status.readable else ()
    latest = next((line for line in reversed(lines) if isinstance(line, Train)), None)
    facts = [f"**{name}** is {way}{at}."]
    facts += [validate.plain(status.message)] if status.message else []
    facts += [pace(latest, status.eta)] if status.running and latest else []
    st.markdown(" ".join(facts))
    buttons(status)
    if not status.readable:
        return
    others = [other for other in overlaid if other.id != status.id and other.readable]
    known = status.corpus in ("shakespeare", "tinyshakespeare")
    marks = [Mark(name=name, loss=PUBLISHED[name].loss) for name in MARKS] if known else []
    note = f"Validation (line) and training loss (dots), nats a token. {normal(status)}"
    curves = [curve(status, lines), *(curve(one, runs.tail(one.id).lines) for one in others)]
    components.alone(Curves(title="Losses", note=note, runs=curves, marks=marks))
    left, right = st.columns(2, gap="small")
    with left:
        read = runs.reading(status.id)
        panel = Batch(step=read.step, text=read.text, loss=read.loss) if read else Batch()
        components.alone(panel, height="stretch")
    with right:
        samples = [line for line in lines if isinstance(line, log.Sample)]
        if samples:
            components.alone(Sample(step=samples[-1].step, text=samples[-1].text), height="stretch")
    if len(samples) > 1:
        with st.expander(f"All {len(samples)} samples, newest first"):
            for line in reversed(samples):
                st.text(f"step {line.step:,}\n{line.text}")
