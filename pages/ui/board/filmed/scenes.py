"""The film's scenes: which tensors each shows, and a sentence with their numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gpt.lessons.training_step.setting import CONFIG, OPTIMIZERS, TEXT, TOKENIZER, B, T
from gpt.numerals import percent
from pages.ui.board.filmed.view import View, character
from pages.ui.board.words import quoted

GUESSES = B * T


@dataclass(frozen=True)
class Scene:
    """`back`: the film runs backwards, values and gradients stand side by side. "|" in `show` begins a row."""

    title: str
    says: str
    show: tuple[str, ...]
    back: bool = False


def the_batch(view: View) -> str:
    """What is read."""
    return (
        f"{B} windows of {T} characters, cut by the seed out of “{TEXT}”. Below stands what comes next "
        f"at each place: {GUESSES} guesses to make at once."
    )


def vectors(view: View) -> str:
    """Both tables."""
    seen, id_ = view.before.values, int(view.film.inputs[0, 0])
    row, place, sum_ = seen["tokens"][id_, 0], seen["places"][0, 0], seen["resid_pre"][0, 0, 0]
    return (
        f"Each character fetches its row of the token vectors, each place its own; they are added. Number 1 of "
        f"{character(view, 0, 0)}: {row:.4f} + {place:.4f} = {sum_:.4f}."
    )


def asking(view: View) -> str:
    """q, k and v."""
    q = view.before.values["q"][0, 0, T - 1]  # (D,)
    numbers = ", ".join(f"{x:.3f}" for x in q.tolist())
    return (
        f"Layer norm levels the stream; three tables make of it what each character asks for, offers and hands over. "
        f"In head 1 the last one of window 1, {character(view, 0, T - 1)}, asks for ({numbers})."
    )


def looking(view: View) -> str:
    """Scores to the stream."""
    seen = view.before.values
    row = seen["pattern"][0, 0, T - 1]  # (T,)
    best, long = int(row.argmax()), seen["attn_out"][0, T - 1].norm()
    return (
        f"Head 1 lets {character(view, 0, T - 1)} of window 1 look most at {character(view, 0, best)}, with "
        f"{percent(float(row[best]))}. What both heads bring, {long:.3f} long, is added to its stream, "
        f"{seen['resid_pre'][0, T - 1].norm():.3f} long: now {seen['resid_mid'][0, T - 1].norm():.3f}."
    )


def firing(view: View) -> str:
    """The MLP."""
    post = view.before.values["mlp_post"]  # (B, T, 4C)
    many = int((post > 0).sum())
    return (
        f"Each character alone: of {post.numel()} numbers {many} are above 0 and pass ReLU; the other "
        f"{post.numel() - many} become 0. What the neurons write is added to the stream."
    )


def scoring(view: View) -> str:
    """Logits."""
    logits, target = view.before.values["logits"][0, T - 1], int(view.film.targets[0, T - 1])
    best, named = int(logits.argmax()), [quoted(token) for token in TOKENIZER.tokens]
    right = "which is right" if best == target else f"the right one, {named[target]}, {logits[target]:.3f}"
    return (
        f"The stream is levelled once more and multiplied with every row of the output table. After "
        f"{character(view, 0, T - 1)} of window 1 {named[best]} scores most, {logits[best]:.3f}, {right}."
    )


def sharing(view: View) -> str:
    """Probabilities."""
    right = view.before.values["shares"].gather(-1, view.film.targets[..., None])  # (B, T, 1)
    return (
        f"Softmax makes shares of the scores that sum to 1 in each row. The right characters (framed) get from "
        f"{percent(float(right.min()), 1)} to {percent(float(right.max()), 1)}; dice with {CONFIG.vocab_size} sides "
        f"give {percent(1 / CONFIG.vocab_size, 1)}."
    )


def losing(view: View) -> str:
    """The loss."""
    seen = view.before
    return (
        f"The loss of a guess is -ln of the right character's share: here from {seen.values['losses'].min():.3f} to "
        f"{seen.values['losses'].max():.3f}. Their mean is {seen.loss:.4f}; equal shares would have "
        f"ln {CONFIG.vocab_size} = {math.log(CONFIG.vocab_size):.4f}."
    )


def back_to_logits(view: View) -> str:
    """(share - 1) / N."""
    target = int(view.film.targets[0, 0])
    share, slope = view.before.values["shares"][0, 0, target], view.before.gradients["logits"][0, 0, target]
    return (
        f"Back: how does the mean loss change with each number? By a logit's gradient, its share, less 1 for the right "
        f"character, over {GUESSES}: for {quoted(TOKENIZER.tokens[target])} after {character(view, 0, 0)} "
        f"({share:.4f} - 1) / {GUESSES} = {slope:.4f}."
    )


def back_to_stream(view: View) -> str:
    """Through the output table."""
    slopes = view.before.gradients["output"]  # (V, C)
    row, column = divmod(int(slopes.abs().argmax()), slopes.shape[1])
    most = f"row {quoted(TOKENIZER.tokens[row])}, number {column + 1} ({slopes[row, column]:.4f})"
    return (
        f"Each logit was a sum of products, so its gradient goes to both factors: to the output table, most to {most}, "
        f"and through the norm to the stream."
    )


def back_through_mlp(view: View) -> str:
    """ReLU lets nothing through where it gave 0."""
    pre, slopes = view.before.values["mlp_pre"], view.before.gradients["mlp_pre"]  # (B, T, 4C) each
    shut = pre <= 0
    return (
        f"The stream hands its gradient to the MLP and past it. Where ReLU gave 0, it lets none through: "
        f"{int((slopes[shut] == 0).sum())} of these {int(shut.sum())} neurons' gradients are exactly 0."
    )


def back_to_scores(view: View) -> str:
    """Softmax: what one score gains the others lose."""
    slopes = view.before.gradients["scores"]  # (B, H, T, T)
    hidden = slopes.numpy()[..., *np.triu_indices(T, 1)]  # (B, H, T (T - 1) / 2)
    rows = slopes.flatten(0, 2)  # (B H T, T)
    row = rows[int(rows.abs().amax(dim=1).argmax())]  # (T,)
    parts = " + ".join(f"{x:.4f}" if x >= 0 else f"({x:.4f})" for x in row.tolist())
    return (
        f"What lies in the future had no part: {int((hidden == 0).sum())} of the {hidden.size} hidden scores have a "
        f"gradient of exactly 0. In a row one share grows at the others' cost, so its gradients sum to 0: {parts}."
    )


def back_to_tables(view: View) -> str:
    """q, k, v and both tables."""
    slopes = view.before.gradients["tokens"]  # (V, C)
    none = int((slopes.abs().amax(dim=1) == 0).sum())
    return (
        f"Through v, k and q to their tables, and to the stream's beginning. {none} of {CONFIG.vocab_size} rows of the "
        f"token vectors have a gradient of exactly 0: their characters are not read in this batch."
    )


def stepping(view: View) -> str:
    """The optimizer."""
    step, at, chosen = view.step, view.place.index, view.chosen
    by = OPTIMIZERS[step.rule.name]
    other = f" ({OPTIMIZERS[chosen.optimizer]} leaves it to {by})" if step.rule.name != chosen.optimizer else ""
    return (
        f"{by}{other}, step {chosen.taken}, rate {chosen.rate:g}. The followed weight ({view.named}) has the gradient "
        f"{step.gradient[at]:.4f} and goes from {step.old[at]:.4f} to {step.new[at]:.4f}: its sum stands below."
    )


def again(view: View) -> str:
    """The loss after the step."""
    old, new = view.before, view.after
    better = int((new.values["losses"] < old.values["losses"]).sum())
    way = "falls" if new.loss < old.loss else "rises"
    return (
        f"The same batch with the new weights: the mean loss {way} from {old.loss:.4f} to {new.loss:.4f}. {better} of "
        f"the {GUESSES} right characters became likelier."
    )


MID = "norm2_out norm2 resid_mid"
SCENES: tuple[tuple[str, Callable[[View], str], str, bool], ...] = (
    ("A batch", the_batch, "inputs | targets", False),
    ("Characters become vectors", vectors, "tokens places resid_pre", False),
    ("Attention asks", asking, "norm1 query key value | norm1_out q k v", False),
    ("Attention looks", looking, "scores pattern z project attn_out resid_mid", False),
    ("The MLP", firing, "norm2 expand shrink norm2_out mlp_pre | mlp_post mlp_out resid_post", False),
    ("Logits", scoring, "final output final_out logits", False),
    ("Probabilities", sharing, "shares", False),
    ("The loss", losing, "shares losses", False),
    ("Back from the loss", back_to_logits, "losses shares logits", True),
    ("Back through the output table", back_to_stream, "output final_out final resid_post", True),
    (
        "Back through the MLP",
        back_through_mlp,
        "mlp_out shrink mlp_post mlp_pre expand norm2_out norm2 resid_mid",
        True,
    ),
    ("Back through the looks", back_to_scores, "attn_out project z pattern scores", True),
    ("Back to the tables", back_to_tables, "v k q value key query norm1_out norm1 resid_pre places tokens", True),
    ("The optimizer's step", stepping, "", False),
    ("The new loss", again, "losses after.losses shares after.shares", False),
)


def scenes(view: View) -> list[Scene]:
    """All of them."""
    step = ("step.old", "step.gradient", *(f"step.{name}" for name in view.step.stages), "step.new")
    return [Scene(title, says(view), tuple(show.split()) or step, back) for title, says, show, back in SCENES]
