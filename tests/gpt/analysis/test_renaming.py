"""Shuffled ids: other rows for every token; and the tables shuffled along, which changes nothing."""

from __future__ import annotations

import pytest
import torch

from gpt.analysis.perplexity import surprise
from gpt.analysis.renaming import read, renaming, rows_renamed
from gpt.trace import trace
from tests.support import shipped
from tests.support.ladder import IDS, RUNGS, V, fresh

TEXT = "ROMEO:\nO my lord"


def test_a_shuffling_is_one_and_its_seed_tells_it() -> None:
    names = renaming(65, 3)
    assert names.sort().values.equal(torch.arange(65))
    assert names.equal(renaming(65, 3))
    assert not names.equal(renaming(65, 4))


def test_unshuffled_it_is_the_models_own_reading() -> None:
    model, ids = shipped.loaded().model, shipped.ids_of(TEXT)
    found = read(model, ids, torch.arange(65))
    own = trace(model, ids).logits
    assert found.loss == pytest.approx(float(surprise(own, ids).mean()), abs=1e-5)
    assert found.top[0][0] == int(own[-1].argmax())
    assert read(model, ids[:1], torch.arange(65)).loss is None


def test_shuffled_it_costs_more_than_a_blind_guess_and_with_its_rows_nothing() -> None:
    model, ids = shipped.loaded().model, shipped.ids_of(TEXT)
    for seed in (1, 2, 3):
        names = renaming(65, seed)
        mended = rows_renamed(model, names)
        assert mended is not None
        whole, broken, again = (
            read(model, ids, torch.arange(65)),
            read(model, ids, names),
            read(mended, ids, names),
        )
        assert whole.loss is not None
        assert broken.loss is not None
        assert broken.loss > 4.17 > whole.loss
        assert again.loss == pytest.approx(whole.loss, abs=1e-5)
        assert [i for i, _ in again.top] == [i for i, _ in whole.top]


@pytest.mark.parametrize("name", list(RUNGS))
def test_rows_shuffled_along_give_the_same_logits_on_every_rung(name: str) -> None:
    model, names = fresh(RUNGS[name]), renaming(V, 5)
    mended = rows_renamed(model, names)
    if RUNGS[name].head == "none" and RUNGS[name].n_layer:
        assert mended is None  # there the order of the vocabulary is in every weight
        return
    assert mended is not None
    ids = torch.tensor(IDS)
    with torch.no_grad():
        own, other = model(ids[None])[0], mended(names[ids][None])[0]  # (T, V)
    assert torch.allclose(own, other[:, names], atol=1e-5)
