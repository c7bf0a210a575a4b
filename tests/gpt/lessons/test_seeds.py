"""What a lesson says of every seed holds in what was measured with three, and what was measured is measured again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gpt.config import ConfigError
from gpt.lessons import MODELS, named, seeds, train_seeds, trained
from gpt.lessons.facts import fact
from gpt.lessons.quiz import answers
from gpt.storage.step_files import step_name

# "with every seed": the first ends below the second, whatever seeds the two had. Lesson, then the pair.
BELOW = [
    (3, "bigram", "mean"),
    (4, "head", "bigram"),
    (4, "head", "mean"),
    (5, "heads", "head"),
    (6, "mlp", "heads"),
    (6, "mlp", "mlp-solu"),
    (6, "mlp-gelu", "mlp-solu"),
    (7, "residual", "mlp"),
    (8, "norm", "residual"),
    (9, "little-dropout", "little"),
    (11, "norm", "positions"),
    (13, "norm", "pseudogpt"),
    (14, "gpt2", "norm"),
]


@pytest.mark.parametrize(("lesson", "better", "worse"), BELOW)
def test_what_is_said_of_every_seed_holds(lesson: int, better: str, worse: str) -> None:
    assert max(seeds.losses(better)) < min(seeds.losses(worse)), f"lesson {lesson}"


def test_all_was_measured_with_the_same_three_seeds() -> None:
    assert set(seeds.recorded()) == set(seeds.VARIANTS)
    assert all(len(entries) == len(seeds.SEEDS) for entries in seeds.recorded().values())
    for name in seeds.VARIANTS:
        if name in MODELS:
            assert seeds.losses(name)[0] == pytest.approx(trained.loss(name), abs=1e-4)
        if name not in ("bigram", "mean"):
            assert len(set(seeds.losses(name))) == 3, "seeds that change nothing"


def test_lesson_4_dividing_does_not_decide_whether_it_learns() -> None:
    for name in ("head", "heads", "norm"):
        apart = [
            bare - divided for bare, divided in zip(seeds.losses(f"{name}-unscaled"), seeds.losses(name), strict=True)
        ]
        assert max(map(abs, apart)) < 0.1 and len({one > 0 for one in apart}) == 1
        assert (apart[0] > 0) == (name == "norm"), "for lesson 8's rung it is a little the other way"
    assert min(fact("head.itself.least"), 50) == 50, "most bright cells lie on the diagonal"


def test_lesson_5_all_heads_look_at_themselves_until_there_is_another_way() -> None:
    for itself, previous in zip(seeds.measured("heads", "itself"), seeds.measured("heads", "previous"), strict=True):
        assert all(own > before for own, before in zip(itself, previous, strict=True))
    assert fact("residual.itself.most") < fact("heads.itself.least")


def test_lesson_6_which_of_relu_and_gelu_is_better_hangs_on_the_seed() -> None:
    better = [relu < gelu for relu, gelu in zip(seeds.losses("mlp"), seeds.losses("mlp-gelu"), strict=True)]
    assert len(set(better)) == 2
    assert answers.always_last(answers.ACTIVATIONS) == "SoLU"
    with pytest.raises(ConfigError, match="hangs on the seed"):
        answers.always_first(answers.ACTIVATIONS)


def test_lesson_7_the_last_part_writes_most_and_the_token_itself_is_hardly_missed() -> None:
    for here, without in zip(seeds.measured("residual", "here"), seeds.measured("residual", "without"), strict=True):
        assert max(without) == without[-1] > here + 0.5 and without[0] < here + 0.05


def test_lesson_8_norms_level_and_there_is_more_to_level_at_the_end() -> None:
    for norms in seeds.measured("norm", "norms_apart"):
        assert all(before > 1.2 > after for before, after in norms) and norms[-1][0] > 2 * norms[0][0]
    for spread in seeds.measured("norm", "spread"):
        assert spread[-1] > 5 * spread[0], "the stream grows"


def test_lesson_9_with_too_little_text() -> None:
    assert all(best <= 500 for best in seeds.measured("little", "best_step"))
    for little, dropped in zip(seeds.measured("little", "gap"), seeds.measured("little-dropout", "gap"), strict=True):
        assert little > 3 * dropped
    for name, minds in (("little", True), ("little-dropout", False)):
        assert all((dropped - whole > 0.3) == minds for whole, dropped in seeds.measured(name, "dropping"))
    costs = [a - b for a, b in zip(seeds.losses("dropout"), seeds.losses("norm"), strict=True)]
    assert all(0 < cost < 0.03 for cost in costs), "with the whole text it costs a little with each seed"


def test_lesson_11_one_layer_without_positions_reads_a_bag() -> None:
    assert max(seeds.measured("positions", "moved_one_layer")) < 1e-4 < 0.2 < min(seeds.measured("positions", "moved"))
    for order, bag in zip(seeds.measured("norm", "moved"), seeds.measured("positions", "moved"), strict=True):
        assert order > bag


def test_lesson_12_a_leak_is_worth_nothing() -> None:
    blind = fact("bigram.uniform")
    for opened, masked, places in zip(
        *(seeds.measured("encoder", what) for what in ("open", "masked", "places")), strict=True
    ):
        assert opened < 0.1 and masked > blind + 2 and places[-1] > 2 > 0.1 > max(places[:-1])


def test_lesson_13_behind_a_norm_all_are_nearly_equally_loud() -> None:
    assert max(seeds.measured("pseudogpt", "apart")) < 1.3 < 3 < min(seeds.measured("norm", "apart"))


def test_lesson_14_greedy_goes_in_circles() -> None:
    assert fact("gpt2.repeats.least") > 60


# ---- measuring again


@pytest.mark.parametrize("name", ["bigram", "mean", "heads", "residual", "positions", "gpt2", "little"])
def test_what_was_measured_of_the_bundled_rungs_is_measured_again(name: str) -> None:
    found = train_seeds.measure(named(name), trained.load(name))
    wanted = seeds.recorded()[name][0]
    assert set(found) == set(wanted)
    for what, value in wanted.items():
        np.testing.assert_allclose(found[what], value, rtol=1e-3, atol=1e-4, err_msg=what)


def test_what_is_trained_already_is_not_trained_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no(*_: object) -> Path:
        raise AssertionError("trained again")

    monkeypatch.setattr(train_seeds, "train", no)
    assert train_seeds.with_seed(named("heads"), 1337, tmp_path) is trained.load("heads")
    place = tmp_path / "1338" / "heads"
    place.mkdir(parents=True)
    file = place / step_name(2_000)
    file.write_bytes(trained.file_of("heads").read_bytes())
    assert train_seeds.with_seed(named("heads"), 1338, tmp_path).step == 2_000
    with pytest.raises(AssertionError, match="trained again"):
        train_seeds.with_seed(named("heads"), 1339, tmp_path)


def test_another_seed_and_nothing_else_is_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def note(rung: object, folder: Path) -> Path:
        asked.append((rung, folder))
        return trained.file_of("heads")

    monkeypatch.setattr(train_seeds, "train", note)
    train_seeds.with_seed(seeds.VARIANTS["head-unscaled"], 1339, tmp_path)
    ((rung, folder),) = asked
    assert folder == tmp_path / "1339" and rung.train.seed == 1339 and rung.lesson  # only its last step is kept
    assert rung.model == seeds.VARIANTS["head-unscaled"].model and not rung.model.attention_scale


def test_what_was_not_measured_says_so() -> None:
    with pytest.raises(ConfigError, match="luck of 'heads' was not measured"):
        seeds.measured("heads", "luck")
    with pytest.raises(ConfigError, match="loss of 'size-4' was not measured"):
        seeds.losses("size-4")
