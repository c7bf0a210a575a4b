"""The film's passes: a real text, gradients that finite differences confirm, sums that a weight's code repeats."""

from __future__ import annotations

import re

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from gpt import corpora
from gpt.config import ConfigError
from gpt.lessons.training_step import film
from gpt.lessons.training_step.setting import (
    CONFIG,
    COUNT,
    OPTIMIZERS,
    STEPS,
    TEXT,
    TOKENIZER,
    WEIGHTS,
    B,
    Followed,
    T,
    followed,
)
from gpt.lessons.training_step.worked import worked
from gpt.model import GPT
from gpt.tap import shape_of, sites_of
from gpt.trace import trace


def test_the_text_is_one_that_models_here_have_read() -> None:
    assert TEXT in corpora.load("shakespeare").text
    found = film.play("sgd", 0.03, 5)
    for one, following in zip(found.inputs.tolist(), found.targets.tolist(), strict=True):
        assert TOKENIZER.decode([*one, following[-1]]) in TEXT and following[:-1] == one[1:]


def test_every_weight_of_the_model_is_in_the_film_with_its_shape() -> None:
    shapes = {name: tuple(weight.shape) for name, weight in GPT(CONFIG).named_parameters()}
    assert {weight.path: weight.shape for weight in WEIGHTS.values()} == shapes
    assert COUNT == sum(weight.numel() for weight in GPT(CONFIG).parameters()) == 678


def test_a_pass_is_the_models_own() -> None:
    found = film.play("adamw", 0.03, 2)
    seen = found.seen(4)
    model = film.model_of(found.weights(4))
    for b in range(B):
        own = trace(model, found.inputs[b])
        assert torch.allclose(own.logits, seen.values["logits"][b], atol=1e-12)
        for site in sites_of(CONFIG):
            assert seen.values[site][b].shape == shape_of(CONFIG, site, T) == seen.gradients[site][b].shape
            assert torch.allclose(getattr(own, site)[0], seen.values[site][b], atol=1e-12)
    loss = F.cross_entropy(seen.values["logits"].flatten(0, 1), found.targets.flatten())
    assert seen.loss == pytest.approx(loss.item(), abs=1e-12) == pytest.approx(found.losses[4])


@pytest.mark.parametrize("seed", [0, 7])
def test_gradients_are_what_small_changes_of_weights_do(seed: int) -> None:
    found, h = film.play("adamw", 0.03, seed), 1e-6
    weights, seen = found.weights(0), found.seen(0)
    model = film.model_of(weights)
    dice = torch.Generator().manual_seed(seed)
    for name in WEIGHTS:
        for place in torch.randint(weights[name].numel(), (3,), generator=dice).tolist():
            losses = []
            for sign in (1, -1):
                moved = {**weights, name: weights[name].clone()}
                moved[name].view(-1)[place] += sign * h
                losses.append(film.look(model, moved, found.inputs, found.targets).loss)
            assert (losses[0] - losses[1]) / (2 * h) == pytest.approx(
                seen.gradients[name].view(-1)[place].item(), abs=1e-8
            )


def test_gradients_of_what_flows_are_what_small_changes_of_it_do() -> None:
    """At every site, by an edit of the traced model: the loss of the batch is the mean of its windows'."""
    found, h = film.play("adamw", 0.03, 1), 1e-6
    model, seen = film.model_of(found.weights(0)), found.seen(0)
    dice = torch.Generator().manual_seed(1)
    for site in sites_of(CONFIG):
        place = int(torch.randint(seen.values[site].numel(), (1,), generator=dice))
        losses = []
        for sign in (1, -1):

            def moved(at: str, layer: int, x: Tensor, sign: int = sign, site: str = site, place: int = place) -> Tensor:
                if at != site:
                    return x
                x = x.clone(memory_format=torch.contiguous_format)
                x.view(-1)[place] += sign * h
                return x

            logits = model(found.inputs, moved)
            losses.append(F.cross_entropy(logits.flatten(0, 1), found.targets.flatten()).item())
        expected = seen.gradients[site].reshape(-1)[place].item()
        assert (losses[0] - losses[1]) / (2 * h) == pytest.approx(expected, abs=1e-8), site


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_first_step_lowers_the_loss_at_the_opening_rate(name: str) -> None:
    for seed in range(5):
        losses = film.play(name, 0.03, seed).losses
        assert len(losses) == STEPS + 1 and losses[1] < losses[0] and losses[-1] < losses[0]


def test_the_same_choice_is_the_same_film_and_nothing_global_is_seeded() -> None:
    torch.manual_seed(11)
    one, other, more = film.play("muon", 0.1, 4), film.play("muon", 0.1, 4), film.play("muon", 0.1, 5)
    assert one.losses == other.losses != more.losses
    assert torch.initial_seed() == 11


@pytest.mark.parametrize(("name", "taken"), [("sgd", 1), ("adam", 9), ("adamw", 1), ("adamw", 9), ("muon", 9)])
def test_a_weights_sum_and_its_lines_give_the_films_number(name: str, taken: int) -> None:
    found = film.play(name, 0.1, 6)
    for weight in (film.steepest(found), followed("final.1.4" if taken > 1 else "tokens.3.2")):
        sum_ = worked(found.steps, taken, weight, (name, 0.1, 6))
        assert sum_.difference < 1e-15 and sum_.lines[0][0] == "old"
        space: dict[str, object] = {}
        exec(re.sub(r"print\((.*)\)$", r"value = \1", sum_.code), space)  # noqa: S102 (the lines that the page offers)
        assert space["value"] == pytest.approx(sum_.shown, abs=1e-10)
        known = {label: value for label, _, value in sum_.lines}
        step = found.steps[taken - 1][weight.name]
        named = {"m": "m", "v": "v", "m̂": "m_hat", "v̂": "v_hat", "momentum": "momentum", "ahead": "ahead", "O": "even"}
        for label, stage in named.items():
            if label in known:
                assert known[label] == pytest.approx(step.stages[stage][weight.index].item(), abs=1e-15)


def test_the_unasked_weight_has_the_largest_gradient_of_the_blocks_matrices() -> None:
    found = film.play("adamw", 0.03, 1)
    at = film.steepest(found)
    largest = max(float(found.steps[0][n].gradient.abs().max()) for n, w in WEIGHTS.items() if w.in_block)
    assert abs(found.steps[0][at.name].gradient[at.index].item()) == largest


WRONG = " query query.0.1 query.7.1 query.1.7 norm1.2.1 x.1.1 query.-1.1 query.1.1.1 query.\u0661.1".split(" ")


@pytest.mark.parametrize("word", WRONG)
def test_a_weight_that_is_not_there_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="weight to follow"):
        followed(word)


def test_a_weights_word_is_read_as_it_was_written() -> None:
    for name, weight in WEIGHTS.items():
        last = Followed(name, weight.rows - 1, weight.columns - 1)
        assert followed(last.word) == last


@pytest.mark.parametrize(
    ("name", "rate", "seed"), [("lion", 0.03, 1), ("sgd", 0.02, 1), ("sgd", 0.03, 100), ("sgd", 0.03, -1)]
)
def test_what_the_film_does_not_offer_is_refused(name: str, rate: float, seed: int) -> None:
    with pytest.raises(ConfigError):
        film.play(name, rate, seed)
