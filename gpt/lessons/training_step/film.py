"""The whole film: the batch, STEPS steps on it, and of any of them the pass forward and back, every number.

In double precision throughout: what is shown can be checked to its last digit. All steps take the same batch, so that
its loss tells what the steps did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from gpt.config import need_int, need_one_of, refuse
from gpt.lessons.training_step import chain, rules
from gpt.lessons.training_step.rules import Step
from gpt.lessons.training_step.setting import (
    CONFIG,
    INIT_STD,
    LAST_SEED,
    OPTIMIZERS,
    RATES,
    STEPS,
    TEXT,
    TOKENIZER,
    WEIGHTS,
    B,
    Followed,
    T,
)
from gpt.model import GPT
from gpt.train.batches import batch


@dataclass(frozen=True)
class Pass:
    """One pass forward and back; every tensor and its gradient by name.

    Names are those of `setting.WEIGHTS`, of the sites of gpt/tap.py (a batch's B in front of one layer's shape), and
    "logits" (B, T, V), "shares" (B, T, V), "losses" (B, T).
    """

    values: Mapping[str, Tensor]
    gradients: Mapping[str, Tensor]
    loss: float  # the mean of the losses, in nats


@dataclass(frozen=True)
class Film:
    """Everything that one choice of optimizer, rate and seed does in STEPS steps."""

    inputs: Tensor  # (B, T)
    targets: Tensor  # (B, T)
    losses: tuple[float, ...]  # (STEPS + 1,) of the batch, before each step and at the end
    steps: tuple[Mapping[str, Step], ...]  # (STEPS,) by the weight's name

    def weights(self, taken: int) -> dict[str, Tensor]:
        """All weights after so many steps."""
        if taken == len(self.steps):
            return {name: step.new for name, step in self.steps[-1].items()}
        return {name: step.old for name, step in self.steps[taken].items()}

    def seen(self, taken: int) -> Pass:
        """The pass with the weights after so many steps; with what the norms hand on: "norm1_out", "norm2_out", ..."""
        weights = self.weights(taken)
        seen = look(model_of(weights), weights, self.inputs, self.targets)
        values, gradients = chain.levelled(seen.values, seen.gradients)
        return Pass({**seen.values, **values}, {**seen.gradients, **gradients}, seen.loss)


def play(optimizer: str, rate: float, seed: int) -> Film:
    """Draw weights and batch by the seed, and take all steps. Raises ConfigError for what the film does not offer."""
    need_one_of("optimizer", optimizer, tuple(OPTIMIZERS))
    if rate not in RATES:
        raise refuse("rate", rate, f"one of {', '.join(map(str, RATES))}")
    need_int("seed", seed, 0, LAST_SEED)
    dice = Generator().manual_seed(seed)
    model = GPT(CONFIG, dice, INIT_STD).double()
    inputs, targets = batch(torch.tensor(TOKENIZER.encode(TEXT)), T, B, dice)  # (B, T), (B, T)
    weights, before = named(model), dict[str, Step]()
    steps, losses = list[Mapping[str, Step]](), list[float]()
    for _ in range(STEPS):
        seen = look(model, weights, inputs, targets)
        losses.append(seen.loss)
        before = {
            name: rules.step(
                rules.rule_of(weight, optimizer, rate), weights[name], seen.gradients[name], before.get(name)
            )
            for name, weight in WEIGHTS.items()
        }
        steps.append(before)
        weights = {name: step.new for name, step in before.items()}
    return Film(inputs, targets, (*losses, look(model, weights, inputs, targets).loss), tuple(steps))


def named(model: GPT) -> dict[str, Tensor]:
    """A copy of a model's weights under the film's names."""
    found = dict(model.named_parameters())
    return {name: found[weight.path].detach().clone() for name, weight in WEIGHTS.items()}


def model_of(weights: Mapping[str, Tensor]) -> GPT:
    """A model of its own with these weights, in double precision."""
    model = GPT(CONFIG, Generator(), 0.0).double()
    model.load_state_dict({weight.path: weights[name] for name, weight in WEIGHTS.items()})
    return model


def look(model: GPT, weights: Mapping[str, Tensor], inputs: Tensor, targets: Tensor) -> Pass:
    """One pass of inputs (B, T) forward to the loss, and back to every activation and weight.

    The model, which nobody else may have, is given these weights first.
    """
    parameters = dict(model.named_parameters())
    found = {name: parameters[weight.path] for name, weight in WEIGHTS.items()}
    with torch.no_grad():
        for name, parameter in found.items():
            parameter.copy_(weights[name])
    flowing = dict[str, Tensor]()

    def keep(site: str, layer: int, x: Tensor) -> Tensor:
        flowing[site] = x
        return x

    flowing["logits"] = model(inputs, keep)  # (B, T, V)
    flowing["shares"] = flowing["logits"].softmax(dim=-1)  # (B, T, V)
    flowing["losses"] = -flowing["shares"].gather(-1, targets[..., None])[..., 0].log()  # (B, T)
    loss = flowing["losses"].mean()
    asked = {**found, **flowing}
    gradients = torch.autograd.grad(loss, list(asked.values()))
    values = {**weights, **{name: x.detach() for name, x in flowing.items()}}
    return Pass(values, dict(zip(asked, gradients, strict=True)), loss.item())


def steepest(film: Film) -> Followed:
    """The weight with the largest gradient at the first step, of the block's matrices: whom to follow unasked."""
    name, gradient = max(
        ((name, step.gradient) for name, step in film.steps[0].items() if WEIGHTS[name].in_block),
        key=lambda pair: float(pair[1].abs().max()),
    )
    row, column = divmod(int(gradient.abs().argmax()), gradient.shape[1])
    return Followed(name, row, column)
