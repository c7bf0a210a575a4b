"""The trained rungs that come with the app: losses, the numbers in the texts, the questions, all on one prompt."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from gpt import bundled, size
from gpt.config import ConfigError, TrainConfig
from gpt.lessons import MODELS, RUNGS, facts, named, texts, trained
from gpt.lessons.all_rungs import loss_on, reading, readings
from gpt.lessons.quiz.catalogue import QUESTIONS, of, question
from gpt.lessons.quiz.question import Question, chosen, judge
from gpt.lessons.train_rungs import KEPT, WITHIN, WORSE, Result, faults, result
from gpt.storage.step_files import step_files
from gpt.train import evaluate
from tests.support.tiny import digest

LESSONS = [rung.number for rung in RUNGS]
PROMPT = "ROMEO:\nBut soft, what light through yonder window breaks?\nIt is the east, and Juliet is the su"


@pytest.fixture(scope="module")
def held_out() -> torch.Tensor:
    """The last tenth of the text, (M,)."""
    return facts.ids_of(1)


def test_the_files_are_small_and_kept_at_a_few_steps() -> None:
    files = [path for path in trained.FOLDER.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".safetensors"}
    assert {path.parent.name for path in files} <= {name for name, rung in MODELS.items() if rung.trained_here}
    assert sum(path.stat().st_size for path in files) <= 16_000_000
    for name, rung in MODELS.items():
        if rung.train:
            steps = [step for step, _ in step_files(trained.FOLDER / name)]
            assert steps == ([] if rung.lesson else list(KEPT)) + [rung.train.steps], name


# How the sha256 of the last step's numbers begins, as it was before steps on the way were kept beside it.
WEIGHTS = {
    "bigram": "eadd7a8886076597",
    "dropout": "3686f8b770d2b7c6",
    "encoder": "b30d485fb0b5945c",
    "gpt2": "a385f016d4fb30b9",
    "head": "316c882336d06efb",
    "heads": "7e5a82757ff2257e",
    "little-dropout": "66fb1ccc652c5066",
    "little": "c028efe9606d6362",
    "mean": "fd816b2a1938f68a",
    "mlp-gelu": "5f84a9e101a06c26",
    "mlp-solu": "46cf8a99a32817b8",
    "mlp": "9a78ae978262b7f7",
    "norm": "3c9fc17d8e9d5d5a",
    "positions": "97887f65d49989c4",
    "pseudogpt": "13ca98f84c2ff305",
    "residual": "6c1f6bcd10d22d32",
    "size-1": "43b85ac9fae687be",
    "size-2": "843593b845344608",
    "size-3": "cf13039a8102b802",
    "size-4": "4d9938a0d9e0b25c",
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_the_trained_weights_are_the_same_to_the_last_bit(name: str) -> None:
    assert digest(trained.file_of(name)).startswith(WEIGHTS[name])


def test_every_rung_with_a_model_of_its_own_is_on_the_shelf() -> None:
    found = {model.name: model for model in bundled.rungs()}
    own = [rung for rung in RUNGS if rung.trained_here]
    assert list(found) == [f"lesson-{rung.number}" for rung in own]
    for rung in own:
        model = found[f"lesson-{rung.number}"]
        assert model.title == f"Lesson {rung.number} · {rung.title}" and model.label.startswith(model.title)
        assert model.last == trained.file_of(rung.name) and len(model.steps) == len(KEPT) + 1
        assert rung.model and model.parameters == size.count(rung.model)
    assert bundled.shelf() == bundled.bundled() + bundled.rungs()


@pytest.mark.parametrize("name", MODELS)
def test_a_file_is_what_the_ladder_says(name: str) -> None:
    loaded, rung = trained.load(name), named(name)
    assert rung.model and loaded.config == rung.model and loaded.tokenizer.vocab_size == 65
    losses = trained.losses(name)
    assert losses.steps[0] == 0 and losses.steps[-1] == loaded.step and list(losses.steps) == sorted(losses.steps)
    if rung.train:
        assert TrainConfig.from_json(loaded.record["train"]) == rung.train and loaded.record["rung"] == name
        assert 20 <= len(losses.steps) <= 60
    assert trained.load(name) is loaded


@pytest.mark.parametrize("name", [name for name in MODELS if name not in ("scaled", "size-4")])
def test_the_recorded_loss_is_the_file_s(name: str, held_out: torch.Tensor) -> None:
    """Sixteen batches spread over the whole tenth for speed: the record has the whole of it."""
    some = evaluate.mean_loss(trained.load(name).model, held_out, 16)
    assert some == pytest.approx(trained.loss(name), rel=0.03, abs=0.02)


def test_one_recorded_loss_is_exact(held_out: torch.Tensor) -> None:
    whole = evaluate.mean_loss(trained.load("heads").model, held_out)
    assert whole == pytest.approx(trained.loss("heads"), abs=2e-4)


def test_the_road_holds() -> None:
    found = {name: result(name, trained.load(name).record) for name in MODELS}
    assert faults(found) == []
    for name in ("pseudogpt", "gpt2", "scaled"):  # these stand for themselves
        assert found[name].loss <= 2.08 + WITHIN


def test_faults_are_found() -> None:
    def line(name: str, loss: float) -> Result:
        published = named(name).published
        return Result(name, "", 1, loss, published and published.loss, 0.0)

    good = {"bigram": line("bigram", 2.49), "head": line("head", 2.40), "dropout": line("dropout", 2.42)}
    assert faults(good) == []
    assert faults(good | {"head": line("head", 2.46)}) == ["head: 2.4600 is more than 0.05 above the published 2.40"]
    worse = faults(good | {"dropout": line("dropout", 2.40 + WORSE + 0.001)})
    assert worse == ["dropout: 2.4210 is more than 0.02 above head's 2.4000"]
    assert faults({"mean": line("mean", 9.0)}) == []  # a side road


# ---- the texts' numbers and the questions


@pytest.mark.parametrize("number", LESSONS)
def test_every_number_in_a_text_is_what_the_code_gives(number: int) -> None:
    for claim in texts.claims(texts.source(number)):
        truth = facts.fact(claim.name)
        assert truth == pytest.approx(claim.number, abs=1.01 * claim.half_digit), f"{claim.name} is {truth:.5g}"


def test_unknown_facts_are_refused() -> None:
    with pytest.raises(ConfigError, match="fact is 'bigram.luck'"):
        facts.fact("bigram.luck")


def test_every_lesson_asks_one_or_two_questions() -> None:
    assert [len(of(number)) in (1, 2) for number in LESSONS] == [True] * 14
    assert len({q.name for q in QUESTIONS}) == len(QUESTIONS)
    assert question("fresh") in of(2)
    with pytest.raises(ConfigError, match="question is 'why'"):
        question("why")


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.name)
def test_a_question_knows_its_answer(asked: Question) -> None:
    answer = asked.answer()
    sentence = asked.reveal(answer)
    assert 20 < len(sentence) < 200 and sentence.endswith(".") and any(char.isdigit() for char in sentence)
    if asked.kind == "choices":
        assert answer in asked.choices
        wrong: object = next(choice for choice in asked.choices if choice != answer)
        assert judge(asked, answer).right
    else:
        assert asked.low <= float(answer) <= asked.high
        assert asked.tolerance < 0.25 * (asked.high - asked.low), "anything goes"
        assert not judge(asked, asked.start).right, "the slider stands on the answer before any guess"
        far = asked.low if float(answer) - asked.low > asked.high - float(answer) else asked.high
        nearest = asked.low + asked.step * round((float(answer) - asked.low) / asked.step)
        assert judge(asked, min(asked.high, nearest)).right
        wrong = far
    if asked.name == "faster":
        return  # a stopwatch: the second reading need not fall into the same drawer
    verdict = judge(asked, wrong)
    assert not verdict.right and verdict.answer == answer and verdict.sentence == sentence


def test_bad_guesses_are_refused() -> None:
    with pytest.raises(ConfigError, match="guess is 'maybe', but it must be one of better"):
        judge(question("fresh"), "maybe")
    with pytest.raises(ConfigError, match="guess is 7, but it must be a number from 20 to 200"):
        judge(question("alphabet"), 7)


@pytest.mark.parametrize(("number", "choice"), [(-1, "a"), (0, "b"), (0.9, "b"), (1, "c"), (7, "c")])
def test_stretches(number: float, choice: str) -> None:
    assert chosen(number, (0, 1), ("a", "b", "c")) == choice


# ---- all rungs, one prompt


def test_all_rungs_read_one_prompt() -> None:
    found = readings(PROMPT, k=3, sample=20)
    assert [one.rung for one in found] == [rung.name for rung in RUNGS if rung.model]
    for one in found:
        assert len(one.guesses) == 3 and len(one.sample) == 20 and one.loss is not None and one.loss > 0
        assert [g.probability for g in one.guesses] == sorted((g.probability for g in one.guesses), reverse=True)
    by_name = {one.rung: one for one in found}
    assert by_name["scaled"].loss is not None and by_name["bigram"].loss is not None
    assert by_name["scaled"].loss < by_name["bigram"].loss
    likeliest = by_name["scaled"].guesses[0]
    assert likeliest == dataclasses.replace(likeliest, token="n")  # noqa: S106 (the sun)
    assert readings(PROMPT, k=3, sample=20) == found


def test_a_prompt_of_one_character_and_of_none() -> None:
    assert reading(named("head"), "R", 1, 1).loss is None
    with pytest.raises(ValueError, match="no character that the model knows"):
        readings("日本", 3)
    with pytest.raises(ConfigError, match="k is 0"):
        readings("a", 0)


def test_the_loss_on_a_text_is_of_one_character_at_a_time() -> None:
    loaded = trained.load("head")
    ids = torch.tensor(loaded.tokenizer.encode(PROMPT))  # (N,)
    slow = []
    for t in range(1, len(ids)):
        window = ids[max(0, t - loaded.config.block_size) : t]
        slow.append(-float(loaded.model(window[None])[0, -1].log_softmax(dim=-1)[ids[t]]))
    assert loss_on(loaded.model, ids) == pytest.approx(sum(slow) / len(slow), abs=1e-4)


# ---- what the lessons say about the trained models


def test_what_the_lessons_show(held_out: torch.Tensor) -> None:
    fact = facts.fact
    assert fact("bigram.correlation") > 0.98  # learning found the counts
    assert abs(fact("bigram.val_loss") - fact("bigram.counted_loss")) < 0.02
    assert fact("little-dropout.gap") < 0.8 * fact("little.gap")
    assert fact("positions.one_layer") < 0.01 < fact("positions.moved") < fact("norm.moved")
    assert fact("encoder.open") < 0.5 < 1.5 < fact("encoder.last_place") < fact("encoder.masked")
    losses = [fact(f"size-{i}.val_loss") for i in (1, 2, 3, 4)]
    assert losses == sorted(losses, reverse=True)


def test_a_rung_without_a_model_says_so() -> None:
    with pytest.raises(trained.NotTrained, match="Lesson 1, Text to numbers, has no model to load"):
        trained.file_of("numbers")
    assert not trained.is_trained("numbers")


def test_a_missing_file_says_what_would_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(trained, "FOLDER", tmp_path)
    with pytest.raises(trained.NotTrained, match="not trained yet: python -m gpt.lessons --only head does it"):
        trained.file_of("head")
