"""Beside the film: the followed weight's sum, its way through the steps, and what the four optimizers make of it."""

from __future__ import annotations

import math

from gpt.analysis import sums
from gpt.figures import training_step as figures
from gpt.lessons.training_step import chain, rules
from gpt.lessons.training_step.setting import CONFIG, OPTIMIZERS, STEPS, WEIGHTS, T
from gpt.lessons.training_step.worked import worked
from pages.ui.board.filmed.view import View, character
from pages.ui.board.panels.chart import Chart
from pages.ui.board.panels.worked import TERMS, Worked, multiplied, outcome, spelled
from pages.ui.derived import training_step as derived

# Stages that a chart of one weight shows; of v the root, which is as large as a gradient.
LINES = {"used": "g + decay", "m": "m", "v": "√v", "momentum": "momentum", "ahead": "ahead"}


class OfWeight(Chart):
    """The followed weight."""

    name = "chart:weight"


class Moments(Chart):
    """What the optimizer keeps of its gradients."""

    name = "chart:moments"


class Losses(Chart):
    """The batch's loss."""

    name = "chart:losses"


class Even(Chart):
    """Muon's iteration."""

    name = "chart:even"


def sum_behind(view: View) -> Worked:
    """The followed weight's step."""
    chosen = view.chosen
    found = worked(view.film.steps, chosen.taken, view.place, (chosen.optimizer, chosen.rate, chosen.seed))
    by = OPTIMIZERS[view.step.rule.name]
    return Worked(
        title="What the step makes of it",
        formula=found.formula,
        sentence=f"{by}, step {chosen.taken}: {view.named}. t = {chosen.taken} counts the steps.",
        terms=found.lines,
        sum=f"{found.text}. {outcome(found.shown, found.recomputed, found.difference)}",
        difference=found.difference,
        code=found.code,
    )


class Source(Worked):
    """Where the gradient comes from."""

    name = "worked:gradient"


def source_of_gradient(view: View) -> Source:
    """The gradient of the followed weight as a sum over the batch's tokens."""
    chosen, seen = view.chosen, view.before
    found = chain.source(seen.values, seen.gradients, view.film.inputs, view.place)
    first, smaller, rest = sums.cut(found.terms, TERMS)
    shown = view.step.gradient[view.place.index].item()
    lines = [
        *(["import torch"] if "torch." in found.code else []),
        "from gpt.lessons.training_step.chain import flat",
        "from gpt.lessons.training_step.film import play",
        f'seen = play("{chosen.optimizer}", {chosen.rate:g}, {chosen.seed}).seen({chosen.taken - 1})',
        f"print(({found.code}).item())",
    ]
    spelt = sums.spelled(found.terms, None, found.value) if found.terms else "no token reads this row: 0"
    difference = abs(shown - found.value)
    return Source(
        title="Where its gradient comes from",
        formula=found.formula,
        sentence=f"The gradient of {view.named}: every token has its say.",
        terms=[(token(view, int(term.label)), multiplied(term.factors), term.product) for term in first],
        sum=spelled(spelt, smaller, rest, outcome(shown, found.value, difference)),
        difference=difference,
        code="\n".join(lines),
    )


def token(view: View, i: int) -> str:
    """A token of the batch, counted through all windows from 0: "1, “R” (3)", its window first."""
    window, place = divmod(i, T)
    return f"{window + 1}, {character(view, window, place)}"


def of_weight(view: View) -> OfWeight:
    """Old and new of every step."""
    values = [*view.history("old")[:1], *view.history("new")]
    note = f"From {values[0]:.4f} to {values[-1]:.4f} in {STEPS} steps on the same batch."
    figure = figures.weight(values, view.chosen.taken)
    return OfWeight.of(figure, f"{view.named}. {note}", "weight", "The followed weight", note)


def moments(view: View) -> Moments:
    """Gradient and moments of every step."""
    lines = {"gradient g": view.history("gradient")}
    for stage in view.step.stages:
        if stage in LINES:
            numbers = view.history(stage)
            lines[LINES[stage]] = [math.sqrt(x) for x in numbers] if stage == "v" else numbers
    turns = sum(a * b < 0 for a, b in zip(lines["gradient g"], lines["gradient g"][1:], strict=False))
    times = "once" if turns == 1 else f"{turns} times"
    note = f"Its gradient changes its sign {times}." if turns else "Its gradient keeps its sign."
    figure = figures.moments(lines, view.chosen.taken)
    return Moments.of(figure, f"{', '.join(lines)}: {note}", "moments", "Its gradient and what is kept of it", note)


def losses(view: View) -> Losses:
    """The four optimizers on the same batch from the same weights."""
    films = {name: derived.film(word, view.chosen.rate, view.chosen.seed).losses for word, name in OPTIMIZERS.items()}
    ends = ", ".join(f"{name} {found[-1]:.3f}" for name, found in films.items())
    note = f"All from {view.film.losses[0]:.3f}, at rate {view.chosen.rate:g}. After {STEPS} steps: {ends}."
    figure = figures.losses(films, view.chosen.taken, math.log(CONFIG.vocab_size))
    return Losses.of(figure, note, "losses", "Four optimizers, one batch", note)


def even(view: View) -> Even:
    """Singular values of the momentum, or of the gradient of a film without Muon, through the iteration."""
    name = view.place.name if view.weight.in_block else "query"
    step = view.film.steps[view.chosen.taken - 1][name]
    what, matrix = ("momentum", step.stages["ahead"]) if "ahead" in step.stages else ("gradient", step.gradient)
    values = rules.singular_values(matrix)
    first, last = values[0], values[-1]
    note = (
        f"The {what} of the {WEIGHTS[name].title}, divided by its length: singular values from {min(first):.3f} to "
        f"{max(first):.3f}; after {len(values) - 1} iterations from {min(last):.3f} to {max(last):.3f}."
    )
    return Even.of(figures.singular_values(values), note, "singular-values", "Muon's iteration", note)


# What each makes of a gradient, in words; the numbers stand beside.
MAKES = {
    "sgd": "rate × gradient; nothing is kept",
    "adam": "mean gradient over its usual size; decay is part of the gradient",
    "adamw": "mean gradient over its usual size; decay is taken off the weight",
    "muon": "mean gradients of the matrix, every singular value but 0 driven towards 1",
}


def makes() -> str:
    """The four of them, in Markdown."""
    told = ". ".join(f"**{OPTIMIZERS[word]}**: {text}" for word, text in MAKES.items())
    return f"{told}. Here the rate stays the same in all steps, and no gradient is clipped."


def of_tensor(view: View) -> list[dict[str, str]]:
    """One column an optimizer: all moves of the followed weight's tensor at the shown step, by their size."""
    rows = list[dict[str, str]]()
    for word, name in OPTIMIZERS.items():
        film = derived.film(word, view.chosen.rate, view.chosen.seed)
        step = film.steps[view.chosen.taken - 1][view.place.name]
        move, by = step.stages["move"], step.rule.name
        row = {
            "optimizer": name if by == word else f"{name} (by {OPTIMIZERS[by]})",
            "gradients": spread(step.gradient.abs().flatten().tolist()),
            "moves": spread(move.abs().flatten().tolist()),
        }
        if len(view.weight.shape) > 1:
            row["singular values of the gradients"] = spread(rules.spectrum(step.gradient))
            row["of the moves"] = spread(rules.spectrum(move))
        rows.append({**row, "loss after": f"{film.losses[view.chosen.taken]:.4f}"})
    return turned(rows)


def turned(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Optimizers across: a phone has room for four columns of numbers, not for eight."""
    return [
        {"number": name, **{row["optimizer"]: row[name] for row in rows}} for name in rows[0] if name != "optimizer"
    ]


def spread(values: list[float]) -> str:
    """From the smallest to the largest."""
    return f"{min(values):.4f} to {max(values):.4f}"


def compared(view: View) -> list[dict[str, str]]:
    """One column an optimizer: what each makes of the followed weight at the shown step of its own film."""
    rows, at = list[dict[str, str]](), view.place.index
    for word, name in OPTIMIZERS.items():
        film = derived.film(word, view.chosen.rate, view.chosen.seed)
        step = film.steps[view.chosen.taken - 1][view.place.name]
        first, second = (step.stages.get(a, step.stages.get(b)) for a, b in (("m", "momentum"), ("v", "")))
        move, decay = step.stages["move"][at].item(), step.new[at].item() - step.old[at].item()
        decay -= move
        rows.append(
            {
                "optimizer": name,
                "old": f"{step.old[at].item():.5f}",
                "gradient": f"{step.gradient[at].item():.5f}",
                "1st moment": "–" if first is None else f"{first[at].item():.5f}",
                "2nd moment": "–" if second is None else f"{second[at].item():.3g}",
                "decay": f"{decay:.5f}" if step.rule.decay and step.rule.name != "adam" else "–",
                "move": f"{move:.5f}",
                "new": f"{step.new[at].item():.5f}",
            }
        )
    return turned(rows)
