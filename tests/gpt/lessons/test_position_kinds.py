"""Good and bad positions: every model was measured, its first steps are trained again, and what is said of it holds."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import torch

from gpt.lessons import train_position_kinds
from gpt.lessons.position_kinds import BEGUN, KINDS, MODEL, NORMS, SEEDS, Row, recorded, rows
from gpt.lessons.train_position_kinds import added, fresh, tell, train
from gpt.lessons.tutorials import blog_positions
from gpt.lessons.tutorials.table import BY_KEY


def test_every_kind_was_measured_with_every_norm_and_seed() -> None:
    found = [(row.kind, row.norm, row.seed) for row in recorded()]
    assert sorted(found) == sorted((kind, norm, seed) for kind in KINDS for norm in NORMS for seed in SEEDS)
    uniform = math.log(MODEL.vocab_size)
    assert all(1 < loss < uniform for row in recorded() for loss in (row.long, row.short))


@pytest.mark.parametrize(("kind", "norm"), [("index", "none"), ("index / T", "none"), ("sinusoids", "pre")])
def test_first_steps_are_trained_again(kind: str, norm: str) -> None:
    _, losses = train(kind, norm, SEEDS[0], BEGUN)
    assert len(losses) == BEGUN and losses[-1] == pytest.approx(rows(kind, norm)[0].begun, rel=1e-2)
    assert losses[: blog_positions.LIVE] == pytest.approx(blog_positions.begun(norm)[kind], rel=1e-3)


def test_the_script_writes_what_it_measured(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"KINDS": ("learned",), "NORMS": ("pre",), "SEEDS": (5,), "WINDOWS": 4}.items():
        monkeypatch.setattr(train_position_kinds, name, value)
    monkeypatch.setattr(train_position_kinds, "train", lambda kind, norm, seed: train(kind, norm, seed, BEGUN))
    monkeypatch.setattr(train_position_kinds.facts, "ids_of", lambda part: torch.arange(2_000) % 65)
    assert train_position_kinds.main(["--out", str(tmp_path / "kinds.json")]) == 0
    (found,) = json.loads((tmp_path / "kinds.json").read_text())
    row = Row(**found)
    assert (row.kind, row.norm, row.seed) == ("learned", "pre", 5) and row.long < row.begun < 5
    capsys.readouterr()  # tqdm
    monkeypatch.setattr(train_position_kinds.facts, "ids_of", missing)
    assert train_position_kinds.main(["--out", str(tmp_path / "none.json")]) == 2
    assert capsys.readouterr().err.strip().endswith("the text is not here.")
    assert not (tmp_path / "none.json").exists()


def missing(part: int) -> torch.Tensor:
    raise ValueError("the text is not here.")


def test_an_index_on_every_number_is_not_seen_behind_a_norm() -> None:
    for kind in ("index", "index / 1023", "index / T"):
        assert blog_positions.seen_of(kind, "pre") < 1e-3 < 1e-2 < blog_positions.seen_of(kind, "none"), kind
    assert blog_positions.seen_of("sinusoids", "pre") > 0.01
    told, bare = (fresh(kind, "pre", torch.Generator().manual_seed(1)) for kind in ("index / T", "none"))
    ids = torch.arange(8)[None]
    tell(told, "index / T", 8)
    with torch.no_grad():
        assert torch.allclose(told(ids), bare(ids), atol=1e-4)


def test_what_an_index_adds() -> None:
    T = MODEL.block_size
    assert added("index", T)[-1] == T - 1
    assert added("index / 1023", T)[-1] == pytest.approx((T - 1) / 1023)
    assert added("index / T", 4)[:4].tolist() == [0, 0.25, 0.5, 0.75]
    model = fresh("index / T", "none", torch.Generator().manual_seed(1))
    tell(model, "index / T", 4)
    table = model.positions(4)
    assert table is not None and torch.equal(table, added("index / T", 4)[:4, None].expand(4, MODEL.n_embd))


def test_what_the_road_claims_holds_with_every_seed() -> None:
    for i in range(len(SEEDS)):
        bare, normed = ({kind: rows(kind, norm)[i].long for kind in KINDS} for norm in NORMS)
        assert max(bare, key=bare.__getitem__) == "index" and bare["index"] > bare["none"] + 0.1
        assert all(bare[kind] < bare["none"] - 0.02 for kind in ("index / T", "sinusoids", "learned"))
        assert min(normed, key=normed.__getitem__) == "learned"
        assert all(abs(normed[kind] - normed["none"]) < 0.005 for kind in ("index", "index / 1023", "index / T"))


def test_the_listing_tells_by_how_much_they_differ() -> None:
    for norm, kind in blog_positions.NORMS.items():
        for windows, T in blog_positions.LENGTHS.items():
            found = BY_KEY["attention-positions"].outcome({"norm": norm, "windows": windows})
            for one in KINDS[1:]:
                mine, none = ([blog_positions.loss_at(row, T) for row in rows(name, kind)] for name in (one, "none"))
                apart = sum(mine) / len(mine) - sum(none) / len(none)
                assert f"{one} {apart:+.3f}" in found.said[0]
                agreed = len({a < b for a, b in zip(mine, none, strict=True)}) == 1
                assert (f"{one} {apart:+.3f} (not with every seed)" in found.said[0]) != agreed
