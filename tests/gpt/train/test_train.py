"""The same seed trains the same model, to the last bit, also when it was stopped anywhere and taken up again."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

import pytest
import torch

from gpt import checkpoint
from gpt.config import GPTConfig, TrainConfig
from gpt.corpora import Corpus
from gpt.presets import PRESETS
from gpt.runs import Run, RunError
from gpt.storage.step_files import step_name
from gpt.train.evaluate import EVAL_BATCH
from gpt.train.loop import also_measured, kept_steps
from gpt.train.resume import Store
from gpt.train.schedule import snapshot_steps
from gpt.train.start import start
from tests.support.tiny import MODEL, TEXT, TRAIN, digest, go, kept, last, log, logged, of_kind, settings

RECIPES = [
    pytest.param(
        dataclasses.replace(MODEL, dropout=dropout, attention_dropout=dropout),
        settings(optimizer=optimizer, precision=precision, schedule="cosine" if dropout else "linear"),
        id=f"{optimizer}-{precision}-dropout {dropout}",
    )
    for optimizer in ("adamw", "muon")
    for precision in ("fp32", "bf16", "auto")
    for dropout in (0.0, 0.1)
]


@pytest.mark.parametrize(("model", "recipe"), RECIPES)
def test_repeats_and_resumes_bit_for_bit(model: GPTConfig, recipe: TrainConfig, tmp_path: Path) -> None:
    straight = go(tmp_path / "straight", model=model, settings=recipe)
    again = go(tmp_path / "again", model=model, settings=recipe)
    assert log(again) == log(straight) and kept(again) == kept(straight)

    dice = random.Random(str((model, recipe)))
    stopped, places = tmp_path / "stopped", sorted(dice.sample(range(1, recipe.steps), 3))
    for place in places:
        go(stopped, place, model, recipe)
    resumed = go(stopped, model=model, settings=recipe)
    assert log(resumed) == log(straight), places
    assert kept(resumed) == kept(straight), places
    assert all(line["differs"] == "" for line in of_kind(resumed, "resumed"))
    told = [checkpoint.load(last(run)).record["losses"] for run in (straight, resumed)]
    assert [(line["step"], line["train"], line["val"]) for line in told[0]] == [
        (line["step"], line["train"], line["val"]) for line in told[1]
    ]


def test_another_seed_is_another_training(tmp_path: Path) -> None:
    one, two = (go(tmp_path / str(seed), settings=settings(seed=seed)) for seed in (1, 2))
    assert digest(last(one)) != digest(last(two))


@pytest.mark.parametrize("stop", [None, *range(TRAIN.steps)])
def test_stopped_anywhere(stop: int | None, tmp_path: Path, straight: Run) -> None:
    run = go(tmp_path / "run", stop)
    assert [path.name for path in run.state.iterdir()] == ([] if stop in (0, 1, 2) else kept_states(run))
    if stop is not None:
        saved = stop // TRAIN.save_every * TRAIN.save_every
        run = go(tmp_path / "run")
        assert [line["step"] for line in of_kind(run, "resumed")] == [saved]
    assert log(run) == log(straight) and kept(run) == kept(straight)


def kept_states(run: Run) -> list[str]:
    """The newest two states, in whatever order the folder tells them."""
    names = [path.name for path in run.state.iterdir()]
    steps = [line["step"] for line in of_kind(run, "state")][-2:]
    assert sorted(names) == [step_name(step) for step in steps]
    return names


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return go(tmp_path_factory.mktemp("straight") / "run")


@pytest.mark.parametrize("forgotten", ["dropout", "batches"])
def test_the_negative_control(forgotten: str, tmp_path: Path, straight: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one generator not put back, other numbers are dropped or other batches drawn: the tests above could tell."""
    restore = Store.restore

    def forgetful(self: Store, step: int, path: Path) -> str:
        generator = self.trainer.generator
        dropout, batches = torch.get_rng_state(), generator.get_state()  # (bytes,), (bytes,)
        differs = restore(self, step, path)
        if forgotten == "dropout":
            torch.set_rng_state(dropout)
        else:
            generator.set_state(batches)
        return differs

    go(tmp_path / "run", 8)
    monkeypatch.setattr(Store, "restore", forgetful)
    resumed = go(tmp_path / "run")
    assert log(resumed)[:10] == log(straight)[:10]
    assert log(resumed) != log(straight) and digest(last(resumed)) != digest(last(straight))


def test_another_number_of_threads_goes_on_and_says_why(tmp_path: Path, straight: Run) -> None:
    go(tmp_path / "run", 13)
    run = go(tmp_path / "run", settings=settings(threads=2))
    (resumed,) = of_kind(run, "resumed")
    assert resumed["differs"] == "very close, but not bit-identical: threads 1 -> 2"
    assert resumed["message"] == f"It goes on with another setup than before: the curve is {resumed['differs']}."
    assert len(log(run)) == len(log(straight))
    assert log(run)[-3]["step"] == TRAIN.steps


@pytest.mark.parametrize(
    ("model", "recipe", "corpus", "says"),
    [
        (MODEL, settings(lr=0.02), TEXT, "lr = 0.01, not 0.02"),
        (MODEL, settings(steps=15), TEXT, "steps = 14, not 15"),
        (MODEL, settings(seed=1), TEXT, "seed = 1337, not 1"),
        (dataclasses.replace(MODEL, n_head=1), TRAIN, TEXT, "n_head = 2, not 1"),
        (MODEL, TRAIN, dataclasses.replace(TEXT, name="other"), "corpus = 'tiny', not 'other'"),
        (MODEL, TRAIN, dataclasses.replace(TEXT, text=TEXT.text[1:]), "corpus_sha256 = "),
    ],
)
def test_another_recipe_in_the_same_folder_is_refused(
    model: GPTConfig, recipe: TrainConfig, corpus: Corpus, says: str, tmp_path: Path
) -> None:
    run = go(tmp_path / "run", 4)
    before = {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()}
    with pytest.raises(RunError, match=rf"^The run run was started with {says}.*: choose another folder\.$"):
        start(run, corpus, model, recipe, quiet=True)
    assert {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()} == before


def test_a_finished_run_says_only_that_it_was_looked_at(tmp_path: Path, straight: Run) -> None:
    run = go(tmp_path / "run")
    told = start(run, TEXT, MODEL, TRAIN, quiet=True)
    assert told[:20] == of_kind(run, "sample")[-1]["text"] and len(told) == 200
    assert [line["kind"] for line in logged(run)][-2:] == ["resumed", "end"]
    assert kept(run) == kept(straight) and len(of_kind(run, "eval")) == len(of_kind(straight, "eval"))


def test_what_a_log_tells(straight: Run) -> None:
    def steps(kind: str) -> list[int]:
        return [line["step"] for line in of_kind(straight, kind)]

    assert steps("train") == list(range(1, 15))
    assert steps("eval") == steps("sample") == [0, 5, 10, 14]
    assert steps("snapshot") == snapshot_steps(14, 5)
    assert steps("state") == [3, 6, 9, 12, 14]
    assert steps("end") == [14] and logged(straight)[-1]["kind"] == "end"
    assert {line["kind"] for line in logged(straight)} == {"train", "eval", "sample", "snapshot", "state", "end"}
    for line in of_kind(straight, "train"):
        assert 0 < line["loss"] < 10 and 0 < line["rate"] <= 1 and line["grad_norm"] > 0
        assert line["tokens_per_second"] > 0
    assert all(len(line["text"]) == 20 for line in of_kind(straight, "sample"))
    assert of_kind(straight, "eval")[-1]["val"] < of_kind(straight, "eval")[0]["val"]


def test_kept_steps_are_measured_where_that_costs_little(tmp_path: Path, straight: Run) -> None:
    """So that a timeline knows the losses of every step it shows; nothing else of the training changes."""
    often = settings(eval_batches=1, batch_size=64)
    run = go(tmp_path / "run", settings=often)
    assert [line["step"] for line in of_kind(run, "eval")] == [0, 1, 4, 5, 7, 10, 14]
    assert [line["step"] for line in of_kind(run, "sample")] == [0, 5, 10, 14]
    for file in run.steps.iterdir():
        model = checkpoint.load(file)
        assert model.record["losses"][-1]["step"] == model.step
    stopped = go(tmp_path / "stopped", 4, settings=often)
    stopped = go(stopped.folder, settings=often)
    assert log(stopped) == log(run) and kept(stopped) == kept(run)

    for recipe in (preset.train for preset in PRESETS.values()):
        steps = kept_steps(recipe)
        assert also_measured(recipe, steps) in (set(), {s for s in steps if s % recipe.eval_every} - {recipe.steps})
    mini = PRESETS["mini"].train
    assert kept_steps(mini) - also_measured(mini, kept_steps(mini)) == {0, mini.steps}
    assert also_measured(PRESETS["race"].train, {1, 2, 3} | set(range(5, 60))) == set(), "it is over too soon"


def test_measuring_more_often_takes_at_most_a_fifth_of_a_training() -> None:
    """100 steps of 64 sequences, forward and twice that back, are worth 19,200 passes; an evaluation 2 x 10 x 32."""
    recipe, most = settings(steps=100, batch_size=64, eval_every=50, eval_batches=10), 0.2 * 19_200 / (20 * EVAL_BATCH)
    assert most == 6.0
    assert also_measured(recipe, {0, 4, 5, 6, 7, 8, 9, 50, 100}) == {4, 5, 6, 7, 8, 9}
    assert also_measured(recipe, {0, 3, 4, 5, 6, 7, 8, 9, 50, 100}) == set()


def test_what_is_kept(straight: Run) -> None:
    assert list(kept(straight)) == [line["file"] for line in of_kind(straight, "snapshot")]
    model = checkpoint.load(last(straight))
    description = straight.read()
    assert model.step == 14 and model.config.to_json() == description["model"]
    assert model.record["corpus_sha256"] == description["corpus_sha256"] == TEXT.sha256
    assert model.record["train"] == description["train"] == TRAIN.to_json()
    assert model.record["torch"] == torch.__version__ and model.record["threads"] == 1
    assert [line["step"] for line in model.record["losses"]] == [0, 5, 10, 14]
    assert model.record["losses"][-1]["val"] == of_kind(straight, "eval")[-1]["val"]
    assert model.record["seconds"] > 0
    assert not list(straight.folder.rglob("*.tmp*"))
