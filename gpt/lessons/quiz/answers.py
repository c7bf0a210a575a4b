"""The answers that are more than one named value: which of the choices it is, found out now."""

from __future__ import annotations

from collections.abc import Callable

from gpt.config import ConfigError
from gpt.lessons import seeds, trained
from gpt.lessons.experiments import norm, numbers
from gpt.lessons.facts import fact
from gpt.lessons.quiz.question import Answer, chosen

FRESH = ("better than a blind guess", "the same", "worse than a blind guess")
FASTER = ("less than twice as fast", "2 to 10 times as fast", "more than 10 times as fast")
SPREAD = ("more even than before", "about as it was", "almost all on one token")
COST = ("fewer", "the same", "four times as many")
ARRIVES = ("more than half of it", "a tenth to a half", "less than a tenth")
TIMES_TEN = ("ten times as large", "the same as before", "the other way round")
WHEN = ("in the first third", "in the second third", "in the last third")
SIZE = ("fewer parameters", "the same number", "more parameters")
ACTIVATIONS = {"ReLU": "mlp", "GELU": "mlp-gelu", "SoLU": "mlp-solu"}
PLACES = {"before each part (pre-norm)": "norm", "after each part (post-norm)": "pseudogpt"}


def window_examples() -> Answer:
    """How many examples a window of 8 characters holds."""
    batch = numbers.lecture_batch()
    return str(len(numbers.examples(batch.inputs[0], batch.targets[0], numbers.ALPHABET)))


def fresh_or_guess() -> Answer:
    """Whether the fresh table beats a uniform guess."""
    return chosen(fact("bigram.fresh_loss") - fact("bigram.uniform"), (-0.01, 0.01), FRESH)


def faster() -> Answer:
    """How much faster one matrix is than two loops, measured now."""
    return chosen(fact("mean.times_faster"), (2.0, 10.0), FASTER)


def slip() -> Answer:
    """What multiplying by sqrt(C) does to the weights."""
    return chosen(fact("head.bits") - fact("head.bits_slip"), (-0.2, 0.2), SPREAD)


def cost_of_heads() -> Answer:
    """Whether four heads cost more than one."""
    return chosen(fact("heads.attention") / fact("heads.attention_one"), (0.99, 1.01), COST)


def blocked() -> Answer:
    """What arrives in the first of eight layers without residual connections."""
    return chosen(1 - fact("mlp.arrives") / 100, (0.5, 0.9), ARRIVES)


def times_ten() -> Answer:
    """What layer norm makes of the 3 x 3 example times ten."""
    found = norm.three_by_three()
    return chosen(-float(found.scaled[2, 2] / found.after[2, 2]), (-5.0, 0.0), TIMES_TEN)


def turning() -> Answer:
    """When the model with too little text was at its best."""
    return chosen(fact("little.best_step") / trained.losses("little").steps[-1], (1 / 3, 2 / 3), WHEN)


def post_parameters() -> Answer:
    """Whether post-norm has more or fewer parameters than pre-norm."""
    return chosen(fact("pseudogpt.parameters") - fact("norm.parameters"), (-0.5, 0.5), SIZE)


def always_first(models: dict[str, str]) -> str:
    """The label of the model with the smallest loss under every seed; what hangs on the seed is no answer."""
    return always(models, min)


def always_last(models: dict[str, str]) -> str:
    """The label of the model with the largest loss under every seed."""
    return always(models, max)


def always(models: dict[str, str], pick: Callable[..., str]) -> str:
    """The one label that is picked under every seed. Raises ConfigError when the seeds disagree."""
    picked = {pick(models, key=lambda label: seeds.losses(models[label])[i]) for i in range(len(seeds.SEEDS))}
    if len(picked) > 1:
        raise ConfigError(f"Which of {', '.join(models)} it is hangs on the seed.")
    return picked.pop()


def losses(models: dict[str, str]) -> str:
    """All of them in words, one number a seed."""
    return ", ".join(
        f"{label} {' · '.join(f'{loss:.3f}' for loss in seeds.losses(name))}" for label, name in models.items()
    )
