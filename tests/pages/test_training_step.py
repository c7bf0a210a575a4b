"""The page of one training step: every number that is sent is worked out again in numpy; choices, links, nonsense."""

from __future__ import annotations

import itertools
import json
import math
from typing import Any

import numpy as np
import pytest

from gpt.lessons.training_step.setting import OPTIMIZERS, RATES, STEPS, WEIGHTS, B, T
from pages.ui.board.filmed import scenes
from pages.ui.board.filmed.view import view_of
from pages.ui.state.choices.training_step import SCENES, TrainingStep
from tests.support.visitor import proto, read_aloud, tables, tell, unpack, visit

PAGE = "pages/learn/training_step.py"


def sent(app: Any) -> tuple[dict[str, Any], dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The film's header, and by each tensor's name its numbers and its gradients (R, C)."""
    film = unpack(proto(app, "film").bytes)
    values, gradients, at = {}, {}, 0
    for one in film["tensors"]:
        count = one["R"] * one["C"]
        for found, name in ((values, "values"), (gradients, "gradients")):
            found[one["name"]] = np.asarray(film[name][at : at + count], np.float64).reshape(one["R"], one["C"])
        at += count
    assert at == film["N"]
    return film, values, gradients


def level(x: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """Layer norm."""
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt(centred.var(-1, keepdims=True) + 1e-5) * gain


def softmax(x: np.ndarray) -> np.ndarray:
    """Shares."""
    raised = np.exp(x - x.max(-1, keepdims=True))
    return raised / raised.sum(-1, keepdims=True)


def heads(x: np.ndarray) -> np.ndarray:
    """(B T, C) as (B, H, T, D)."""
    return x.reshape(B, T, 2, 3).transpose(0, 2, 1, 3)


def flat(x: np.ndarray) -> np.ndarray:
    """(B, H, T, .) as it is drawn."""
    return x.transpose(0, 2, 1, 3).reshape(B * T, -1)


def forward(w: dict[str, np.ndarray], inputs: np.ndarray, targets: np.ndarray) -> dict[str, np.ndarray]:
    """The whole pass in numpy, from the weights that the page was sent; tensors as they are drawn."""
    x = (w["tokens"][inputs] + w["places"]).reshape(B * T, -1)
    found = {"resid_pre": x}
    found["norm1_out"] = n = level(x, w["norm1"])
    q, k, v = (heads(n @ w[name].T) for name in ("query", "key", "value"))
    scores = q @ k.swapaxes(-1, -2) / math.sqrt(3)
    pattern = softmax(np.where(np.triu(np.ones((T, T)), 1) > 0, -np.inf, scores))
    z = pattern @ v
    found |= {name: flat(one) for name, one in zip("qkv", (q, k, v), strict=True)}
    found |= {"scores": flat(scores), "pattern": flat(pattern), "z": flat(z), "attn_out": flat(z) @ w["project"].T}
    found["resid_mid"] = mid = x + found["attn_out"]
    found["norm2_out"] = level(mid, w["norm2"])
    found["mlp_pre"] = found["norm2_out"] @ w["expand"].T
    found["mlp_post"] = np.maximum(found["mlp_pre"], 0.0)
    found["mlp_out"] = found["mlp_post"] @ w["shrink"].T
    found["resid_post"] = mid + found["mlp_out"]
    found["final_out"] = level(found["resid_post"], w["final"])
    found["logits"] = found["final_out"] @ w["output"].T
    found["shares"] = softmax(found["logits"])
    found["losses"] = -np.log(found["shares"][np.arange(B * T), targets.ravel()]).reshape(B, T)
    return found


@pytest.mark.parametrize(("name", "seed", "step"), [("adamw", 1, 1), ("muon", 8, 5)])
def test_fifty_of_the_numbers_are_worked_out_again(name: str, seed: int, step: int) -> None:
    """What flows by a pass of numpy's own; gradients of weights by moving each a little."""
    link = {"film-by": name, "film-seed": str(seed), "film-step": str(step)}
    film, values, gradients = sent(visit(PAGE, **link))
    inputs, targets = values["inputs"].astype(int), values["targets"].astype(int)
    w = {one: values[one] for one in WEIGHTS}
    found = forward(w, inputs, targets)
    for key, expected in found.items():
        assert np.allclose(values[key], expected, atol=2e-5), key
    dice, h = np.random.default_rng(seed), 1e-5
    drawn = [(key, dice.integers(w[key].size)) for key in dice.choice(list(w), 50)]
    for key, place in drawn:
        losses = []
        for sign in (1, -1):
            moved = {**w, key: w[key].copy()}
            moved[key].flat[place] += sign * h
            losses.append(forward(moved, inputs, targets)["losses"].mean())
        assert gradients[key].flat[place] == pytest.approx((losses[0] - losses[1]) / (2 * h), abs=2e-6), key
    assert (film["optimizer"], film["seed"], film["taken"]) == (name, seed, step)
    back = values["shares"].copy()
    back[np.arange(B * T), targets.ravel()] -= 1
    assert np.allclose(gradients["logits"], back / (B * T), atol=1e-7)


def test_the_steps_numbers_are_adamws_by_hand() -> None:
    """All cells of the followed tensor, at its first step and at its seventh from what the page says of the sixth."""
    _, before, _ = sent(visit(PAGE, **{"film-step": "6", "film-weight": "key.2.3"}))
    _, now, gradients = sent(visit(PAGE, **{"film-step": "7", "film-weight": "key.2.3"}))
    g, t = gradients["key"], 7
    m = 0.9 * before["step.m"] + 0.1 * g
    v = 0.99 * before["step.v"] + 0.01 * g**2
    move = -0.03 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-8)
    assert np.allclose(before["step.new"], now["step.old"], atol=1e-7)
    assert np.allclose(now["step.gradient"], g) and np.allclose(now["step.m"], m, atol=1e-7)
    assert np.allclose(now["step.v"], v, atol=1e-8) and np.allclose(now["step.move"], move, atol=1e-5)
    assert np.allclose(now["step.new"], now["step.old"] * (1 - 0.03 * 0.1) + move, atol=1e-5)


def test_what_is_turned_is_told_and_stands_in_the_link() -> None:
    app = visit(PAGE)
    assert sent(app)[0]["weight"] == "value.4.4"
    words = {"film-by": "muon", "film-rate": "0.1", "film-seed": "7", "film-step": "12"}
    words |= {"film-scene": "14", "film-weight": "shrink.6.24"}
    tell(app, "film", choice=words)
    film, values, _ = sent(app)
    told = {"film-by": film["optimizer"], "film-rate": film["rate"], "film-seed": str(film["seed"])}
    told |= {"film-step": str(film["taken"]), "film-scene": str(film["scene"]), "film-weight": film["weight"]}
    assert told == words
    link = json.loads(proto(app, "link").json)["link"]
    assert link == words
    again = sent(visit(PAGE, **words))
    assert again[0]["scenes"] == film["scenes"] and np.array_equal(again[1]["step.even"], values["step.even"])
    source = json.loads(proto(app, "worked:gradient").json)
    assert source["difference"] < 1e-12 and source["formula"].startswith("g = sum over tokens")
    worked = json.loads(proto(app, "worked").json)
    assert worked["difference"] < 1e-12 and "shrink" in worked["code"] and "Muon([w], 0.1" in worked["code"]
    rows, whole = ({row["number"]: row for row in table} for table in tables(app)[-2:])
    assert list(rows["new"])[1:] == list(OPTIMIZERS.values())
    assert float(rows["new"]["Muon"]) == pytest.approx(values["step.new"][5, 23], abs=6e-6)
    assert whole["of the moves"]["Muon"].split(" to ")[1] == f"{np.linalg.svd(values['step.move'])[1].max():.4f}"


def test_a_weight_without_a_gradient_says_so() -> None:
    """“!” is not in the first film's batch: SGD leaves its row, AdamW only lets it decay."""
    link = {"film-weight": "tokens.2.1", "film-by": "sgd"}
    app = visit(PAGE, **link)
    source, worked = (json.loads(proto(app, name).json) for name in ("worked:gradient", "worked"))
    assert source["terms"] == [] and "no token reads this row: 0" in source["sum"]
    _, values, _ = sent(app)
    assert values["step.old"][1, 0] == values["step.new"][1, 0] and worked["difference"] == 0
    _, values, gradients = sent(visit(PAGE, **{**link, "film-by": "adamw"}))
    assert gradients["tokens"][1, 0] == 0
    assert values["step.new"][1, 0] == pytest.approx(values["step.old"][1, 0] * (1 - 0.03 * 0.1), abs=1e-8)


@pytest.mark.parametrize(
    ("name", "word", "said"),
    [
        ("film-by", "lion", "optimizer"),
        ("film-rate", "0.02", "learning rate"),
        ("film-rate", "nan", "learning rate"),
        ("film-seed", "100", "seed"),
        ("film-step", "0", "step"),
        ("film-step", "21", "step"),
        ("film-scene", "16", "scene"),
        ("film-weight", "query.7.1", "weight to follow"),
    ],
)
def test_nonsense_is_told_in_a_sentence_and_leaves_what_there_was(name: str, word: str, said: str) -> None:
    app = visit(PAGE, **{name: word})
    assert any(said in read_aloud(message.value) for message in app.info)
    before = sent(app)[0]
    tell(app, "film", choice={name: word})
    after = sent(app)[0]
    assert {key: before[key] for key in ("optimizer", "rate", "seed", "taken", "scene", "weight")} == {
        key: after[key] for key in ("optimizer", "rate", "seed", "taken", "scene", "weight")
    }


def test_there_are_as_many_scenes_as_a_link_may_name() -> None:
    assert len(scenes.SCENES) == SCENES


@pytest.mark.parametrize(("name", "rate"), [*itertools.product(OPTIMIZERS, (RATES[0], RATES[-1]))])
def test_every_sentence_is_true_of_every_film(name: str, rate: float) -> None:
    for seed, taken in ((0, 1), (3, STEPS), (12, 6)):
        view = view_of(TrainingStep(optimizer=name, rate=rate, seed=seed, taken=taken))
        told = {scene.title: scene.says for scene in scenes.scenes(view)}
        shut = int((view.before.values["mlp_pre"] <= 0).sum())
        assert f": {shut} of these {shut} neurons" in told["Back through the MLP"]
        assert ": 60 of the 60 hidden scores" in told["Back through the looks"]
        sums = view.before.gradients["scores"].sum(-1).abs().max()
        assert sums < 1e-12
        unread = 16 - len(set(view.film.inputs.flatten().tolist()))
        assert f"{unread} of 16 rows" in told["Back to the tables"]
        better = view.after.loss < view.before.loss
        assert ("falls" if better else "rises") in told["The new loss"]
        assert view.after.loss == pytest.approx(view.film.losses[taken], abs=1e-12)
        assert all(math.isfinite(loss) for loss in view.film.losses)
