"""The small encoder and decoder: its laws, fresh and trained, and what was measured of it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Generator
from torch.nn import functional as F

from gpt.lessons import crossattention, train_crossattention
from gpt.lessons.crossattention import (
    ALPHABET,
    FILE,
    MOST,
    Reverser,
    check,
    load,
    look,
    measure,
    pair,
    recorded,
    written,
)
from gpt.lessons.seeds import SEEDS

FRESH = Reverser(generator=Generator().manual_seed(1)).eval().requires_grad_(False)
WORDS = torch.tensor([ALPHABET.encode(word) for word in ("juliet", "hamlet")])  # (B, N)


@pytest.fixture(params=["fresh", "trained"])
def model(request: pytest.FixtureRequest) -> Reverser:
    return FRESH if request.param == "fresh" else load()


def test_the_decoder_never_sees_the_future(model: Reverser) -> None:
    source, target, _ = pair(WORDS)
    logits, pattern = model(source, target)
    for place in range(1, target.shape[1]):
        other = target.clone()
        other[:, place] = (other[:, place] + 5) % ALPHABET.vocab_size
        changed, moved = model(source, other)
        assert torch.equal(changed[:, :place], logits[:, :place]), place
        assert torch.equal(moved[:, :place], pattern[:, :place]), place
        assert not torch.equal(changed[:, place], logits[:, place])


def test_every_letter_that_is_read_matters_to_every_one_that_is_written(model: Reverser) -> None:
    source, target, _ = pair(WORDS)
    logits, _ = model(source, target)
    for place in range(source.shape[1] - 1):
        other = source.clone()
        other[:, place] = other[:, place] % (ALPHABET.vocab_size - 1) + 1
        apart = (model(other, target)[0] - logits).abs().amax(dim=-1)  # (B, T)
        assert (apart > 0).all(), place


def test_rows_sum_to_one(model: Reverser) -> None:
    source, target, _ = pair(WORDS)
    _, pattern = model(source, target[:, :3])
    assert pattern.shape == (2, 3, 7)
    assert torch.allclose(pattern.sum(dim=-1), torch.ones(2, 3), atol=1e-6)
    itself = FRESH.decoder.itself(torch.randn(2, 5, 48), torch.randn(2, 5, 48), causal=True)[1]
    assert torch.equal(itself.triu(1), torch.zeros(2, 5, 5))


@pytest.mark.parametrize("causal", [False, True])
def test_it_is_torchs_own_attention(causal: bool) -> None:
    dice = Generator().manual_seed(2)
    q = torch.randn(3, 6, 48, generator=dice)
    k, v = (torch.randn(3, 6 if causal else 9, 48, generator=dice) for _ in range(2))
    wanted = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
    assert torch.allclose(look(q, k, v, causal)[0], wanted, atol=1e-6)


def test_writing_letter_by_letter_is_what_one_pass_foretells() -> None:
    for one in written(load(), ("juliet", "ofelia")):
        source, target, following = pair(torch.tensor([ALPHABET.encode(one.word)]))
        logits, pattern = load()(source, target)
        assert one.right and torch.equal(logits.argmax(dim=-1), following)
        assert torch.allclose(one.pattern, pattern[0], atol=1e-6)


def test_words_that_it_cannot_read_get_a_sentence() -> None:
    for word in ("", "a", "abcdefghijkl", "Juliet", "o'neil", "x." * 3):
        with pytest.raises(ValueError, match="no word of 2 to 11 letters"):
            check(word)
    assert [len(one.written) for one in written(FRESH, ["ed"])][0] <= 3  # even a fresh one comes to an end


def test_what_was_measured_is_measured_again() -> None:
    rows = recorded()
    assert tuple(row.seed for row in rows) == SEEDS
    for row in rows:
        found = row.measured
        assert found.words == len(train_crossattention.names()) and found.right >= 0.99 * found.words
        assert 0.5 < found.anti / found.places < found.near / found.places <= 1
    assert rows[0].measured.near > 0.99 * rows[0].measured.places  # the map that is drawn
    some = train_crossattention.names()[:300]
    here, whole = measure(load(), some), rows[0].measured
    assert here.right == 300
    assert here.anti / here.places == pytest.approx(whole.anti / whole.places, abs=0.05)
    assert here.weight == pytest.approx(whole.weight, abs=0.05)


def test_its_first_steps_are_trained_again() -> None:
    _, losses = train_crossattention.train(train_crossattention.names(), train_crossattention.BEGUN)
    assert losses[-1] == pytest.approx(recorded()[0].begun, rel=1e-2)


def test_no_word_that_judges_is_ever_learned() -> None:
    dice, kept = Generator().manual_seed(3), [first + second for first in "abcdefghijklm" for second in "nopqrstuvwxyz"]
    for _ in range(40):
        words = train_crossattention.draw(kept, dice)
        assert not {ALPHABET.decode(row) for row in words.tolist()} & set(kept)


def test_the_file_is_small_and_its_numbers_are_in_16_bits() -> None:
    data = FILE.read_bytes()
    assert len(data) <= MOST
    _, tensors = crossattention.read_header(data)
    assert {dtype for dtype, _ in tensors.values()} == {"F16"}
    assert sum(int(np.prod(shape)) for _, shape in tensors.values()) == sum(w.numel() for w in load().parameters())
    assert dataclasses.asdict(recorded()[0])["steps"] == train_crossattention.STEPS


def test_the_script_writes_the_first_seeds_weights_and_what_was_measured_of_all(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models = list[dict[str, torch.Tensor]]()
    train = train_crossattention.train

    def shorter(kept: list[str], seed: int) -> tuple[Reverser, list[float]]:
        model, losses = train(kept, 30, seed)
        models.append({name: weight.clone() for name, weight in model.state_dict().items()})
        return model, losses

    monkeypatch.setattr(train_crossattention, "train", shorter)
    monkeypatch.setattr(train_crossattention, "names", lambda: ["juliet", "romeo", "anna"])
    files = [str(tmp_path / name) for name in ("w.safetensors", "m.json")]
    assert train_crossattention.main(["--weights", files[0], "--measured", files[1]]) == 0
    rows = json.loads(Path(files[1]).read_text())
    assert [row["seed"] for row in rows] == list(SEEDS) and {row["measured"]["words"] for row in rows} == {3}
    monkeypatch.setattr(crossattention, "FILE", Path(files[0]))
    again = load.__wrapped__()
    for name, weight in again.state_dict().items():
        assert torch.equal(weight, models[0][name].half().float()), name
    capsys.readouterr()
    monkeypatch.setattr(train_crossattention, "names", missing)
    assert train_crossattention.main(["--weights", files[0], "--measured", files[1]]) == 2
    assert capsys.readouterr().err.strip() == "The names are not here."


def missing() -> list[str]:
    raise ValueError("The names are not here.")
