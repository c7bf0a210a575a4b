"""`python -m gpt.train`: every field is an option, and whatever is wrong ends in one sentence and 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gpt import checkpoint, corpora
from gpt.config import GPTConfig, TrainConfig
from gpt.presets import PRESETS
from gpt.runs import Run
from gpt.storage.step_files import step_name
from gpt.train import __main__ as command
from gpt.train.schedule import snapshot_steps
from tests.support.tiny import kept, logged, of_kind

TINY = "--block-size 8 --n-layer 1 --n-head 2 --n-embd 8 --batch-size 2 --steps 5 --eval-batches 1 --warmup 0".split()


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the command prints when it refuses: one sentence, on the error stream alone."""
    assert command.main([*arguments]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.endswith("\n"), err
    return err.strip()


def test_a_whole_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "mine"
    options = "--corpus copy --lr 0.01 --bias yes --dropout 0.1 --optimizer muon --snapshots 3 --storage fp16".split()
    assert command.main([str(folder), *options, *TINY]) == 0
    run = Run(folder)
    printed = capsys.readouterr().out
    assert set(printed) <= set("abcdefgh|\n")
    assert printed.rstrip("\n") == of_kind(run, "sample")[-1]["text"].rstrip("\n")
    kinds = {line["kind"] for line in logged(run)}
    assert kinds >= {"train", "eval", "snapshot", "state", "sample", "end"}
    assert list(kept(run)) == [step_name(step) for step in snapshot_steps(5, 3)]
    said = run.read()
    assert said["id"] == "mine" and said["corpus"] == "copy" and said["argv"] and said["pid"] > 0
    assert said["corpus_sha256"] == corpora.load("copy").sha256
    model, recipe = GPTConfig.from_json(said["model"]), TrainConfig.from_json(said["train"])
    assert (model.vocab_size, model.block_size, model.n_embd, model.bias, model.dropout) == (10, 8, 8, True, 0.1)
    assert (recipe.steps, recipe.lr, recipe.optimizer, recipe.storage) == (5, 0.01, "muon", "fp16")
    last = checkpoint.load(run.steps / step_name(5))
    assert last.config == model and "".join(last.tokenizer.tokens) == "\nabcdefgh|"
    assert last.record["corpus"] == "copy" and last.record["losses"][-1]["step"] == 5
    json.dumps(last.record, allow_nan=False)


def test_going_on_needs_only_the_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(tmp_path / "mine"), "--corpus", "copy", *TINY]
    assert command.main(arguments) == 0
    assert command.main([str(tmp_path / "mine")]) == 0
    assert [line["step"] for line in of_kind(Run(tmp_path / "mine"), "resumed")] == [5]
    capsys.readouterr()
    assert "was started with lr = 0.003, not 0.1" in refusal(capsys, str(tmp_path / "mine"), "--lr", "0.1")


def test_a_text_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("grüß dich, welt\n" * 30, encoding="utf-8")
    arguments = [str(tmp_path / "run"), "--text", str(tmp_path / "mine.txt"), *TINY]
    assert command.main(arguments) == 0
    assert Run(tmp_path / "run").read()["corpus"] == "mine"
    assert set(capsys.readouterr().out) <= set("grüß dich, welt\n")
    assert command.main(arguments) == 0
    capsys.readouterr()
    (tmp_path / "mine.txt").write_text("grüß dich, Welt\n" * 30, encoding="utf-8")
    assert "was started with " in refusal(capsys, *arguments)
    (tmp_path / "mine.txt").write_text("grüß dich, welt\n" * 5, encoding="utf-8")
    said = refusal(capsys, str(tmp_path / "other"), *arguments[1:])
    assert said.startswith("The validation part has 8 tokens, but a context of 8 needs at least 9: ")


def test_the_bigram_of_any_text(tmp_path: Path) -> None:
    """Without a head the width is the vocabulary, which only the text knows."""
    bigram = "--n-layer 0 --position none --head none --n-embd 10 --n-head 1".split()
    shape = "--block-size 4 --batch-size 2 --steps 2 --eval-batches 1".split()
    assert command.main([str(tmp_path / "run"), "--corpus", "copy", *bigram, *shape]) == 0
    model = checkpoint.load(tmp_path / "run" / "steps" / step_name(2)).model
    assert [tuple(weight.shape) for weight in model.parameters()] == [(10, 10)]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("--n-head 3", "n_embd is 8, but it must be divisible by n_head = 3"),
        ("--lr 0", "lr is 0.0, but it must be a number from 1e-09 to 100."),
        ("--lr nan", "lr is nan, but it must be a number"),
        ("--lr quick", "lr is 'quick', but it must be a number"),
        ("--steps 2.5", "steps is '2.5', but it must be a whole number from 1 to 10,000,000."),
        ("--steps 0", "steps is 0, but it must be a whole number"),
        ("--steps many", "steps is 'many', but it must be a whole number"),
        ("--bias maybe", "bias is 'maybe', but it must be True or False."),
        ("--optimizer sgd", "optimizer is 'sgd', but it must be one of adamw, muon."),
        ("--seed -1", "seed is -1, but it must be a whole number from 0 to"),
        ("--corpus nothing", "There is no text 'nothing' on the shelf; there are shakespeare"),
        ("--text nothing.txt", "The file 'nothing.txt' is missing"),
    ],
)
def test_bad_values(options: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [str(tmp_path / "run"), "--corpus", "copy", *TINY, *options.split()]
    sentence = refusal(capsys, *words)
    assert says in sentence and sentence.endswith(".") and not (tmp_path / "run" / "run.json").exists()


@pytest.mark.parametrize("options", [["--nothing", "1"], ["--preset", "nothing"], ["--steps"]])
def test_what_no_option_is_called(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        command.main(options)
    assert end.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"model": [], "train": {}, "corpus": "copy"}', '{"model": {"x": 1}}']
)
def test_a_folder_that_holds_something_else(content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "run.json").write_text(content)
    assert refusal(capsys, str(tmp_path)).endswith(".")
    assert refusal(capsys, str(tmp_path), "--corpus", "copy", *TINY).endswith(".")


def test_a_folder_that_cannot_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert refusal(capsys, str(tmp_path / "file" / "run"), "--corpus", "copy", *TINY)


def test_a_run_that_another_process_trains(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = Run(tmp_path / "mine").hold()
    said = refusal(capsys, str(tmp_path / "mine"), "--corpus", "copy", *TINY)
    assert said == "The run mine is already being trained by another process."
    lock.release()


def test_presets_have_the_models_that_the_app_ships(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`--preset NAME` is the recipe with that name, in runs/NAME, changed by the other options."""
    asked = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "start", lambda *arguments, **more: asked.append(arguments) or "")
    for name, preset in PRESETS.items():
        assert command.main(["--preset", name, "--corpus", "copy", "--steps", "7"]) == 0
        run, corpus, model, recipe = asked.pop()
        assert run.folder == Path("runs") / name and corpus.name == "copy"
        V = 1_024 if name == "shakespeare-bpe" else 10  # byte pairs as asked, characters as many as the text has
        assert model.to_json() == preset.model.to_json() | {"vocab_size": V}
        assert recipe.to_json() == preset.train.to_json() | {"steps": 7}
    assert not list(tmp_path.iterdir())


def test_help_names_and_explains_every_field(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "1000")  # no sentence is wrapped
    with pytest.raises(SystemExit) as end:
        command.main(["--help"])
    said = capsys.readouterr().out
    fields = (GPTConfig().to_json() | TrainConfig().to_json()).keys() - {"vocab_size"}
    assert end.value.code == 0 and all("--" + field.replace("_", "-") in said for field in fields)
    read = " ".join(said.split())
    for field, one in {**GPTConfig.settings(), **TrainConfig.settings()}.items():
        told = f"{one.help} ({one.range}; default {one.written(one.default)})"
        assert (told in read) == (field in fields), field
    assert "L: how many blocks; 0 without positions is the bigram. (0 to 96; default 6)" in read
    assert "--bias VALUE Biases in the linear layers and layer norms. (on or off; default off)" in read
