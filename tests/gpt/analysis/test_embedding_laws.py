"""Laws of what goes in: the sum that enters, principal axes, cosines, orders and directions."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gpt.analysis import likeness, token_kinds
from gpt.analysis.embeddings import input_parts
from gpt.analysis.principal import centred, principal_axes, seen_along
from tests.support.shipped import ids_of, inside, loaded

TEXTS = {"shakespeare": "To be, or not to be", "mini": "ROMEO:", "copy": "gacbdeh|gac", "sort": "cab>"}


@pytest.mark.parametrize("name", TEXTS)
def test_token_and_position_are_the_traced_input(name: str) -> None:
    token, position = input_parts(loaded(name).model, ids_of(TEXTS[name], name))
    assert position is not None
    assert torch.equal(token + position, inside(TEXTS[name], name).resid_pre[0])


@pytest.mark.parametrize(("rows", "width", "count"), [(65, 192, 8), (10, 48, 8), (300, 5, 5)])
def test_axes_are_orthonormal_and_their_variances_sum_up(rows: int, width: int, count: int) -> None:
    table = centred(
        torch.randn(rows, width, generator=torch.Generator().manual_seed(rows)) * torch.arange(1, width + 1)
    )
    axes = principal_axes(table, count)
    assert torch.allclose(axes @ axes.T, torch.eye(count, dtype=torch.float64), atol=1e-9)
    found = seen_along(table, axes)
    lengths = np.linalg.svd(table.double().numpy(), compute_uv=False) ** 2
    assert found.shares == pytest.approx((lengths / lengths.sum())[:count].tolist(), abs=1e-9)
    assert list(found.shares) == sorted(found.shares, reverse=True)
    assert sum(seen_along(table, principal_axes(table, width)).shares) == pytest.approx(1.0)
    assert (found.points.amax(dim=0) >= -found.points.amin(dim=0)).all()  # signs: the largest is positive


def test_axes_of_rows_that_are_all_alike_and_of_too_few() -> None:
    same = centred(torch.ones(3, 4))
    assert seen_along(same, principal_axes(same, 2)).shares == (0.0, 0.0)
    one = centred(torch.randn(1, 4, generator=torch.Generator().manual_seed(1)))
    assert principal_axes(one, 3).shape == (3, 4)


def test_cosines_are_those_of_torch_and_the_nearest_is_the_largest() -> None:
    rows = torch.randn(20, 7, generator=torch.Generator().manual_seed(5))
    alike = likeness.cosines(rows)
    for i in (0, 7, 19):
        assert alike[i].float() == pytest.approx(torch.cosine_similarity(rows[i], rows, dim=1), abs=1e-6)
        found = likeness.nearest(likeness.unit(rows), rows[i], 3, {i})
        others = alike[i].clone()
        others[i] = -2
        assert [j for j, _ in found] == others.argsort(descending=True)[:3].tolist()
    assert likeness.nearest(likeness.unit(rows[:2]), rows[0], 5, {0}) == ((1, pytest.approx(float(alike[0, 1]))),)


def test_a_chain_has_every_row_once_and_goes_on_to_the_most_alike() -> None:
    rows = torch.randn(30, 6, generator=torch.Generator().manual_seed(2))
    order, alike = likeness.chain(rows), likeness.cosines(rows)
    assert sorted(order) == list(range(30))
    for place, (one, after) in enumerate(zip(order, order[1:], strict=False)):
        assert float(alike[one, after]) == pytest.approx(max(float(alike[one, j]) for j in order[place + 1 :]))
    assert likeness.chain(rows[:0]) == []


def test_a_direction_leads_where_it_was_made_to() -> None:
    rows = torch.eye(5)
    rows[1] = rows[0] + rows[4]  # b = a + step
    rows[3] = rows[2] + rows[4]  # d = c + step
    assert likeness.direction(rows, likeness.unit(rows), 1, 0, 2).nearest[0] == (3, pytest.approx(1.0))
    found = likeness.pairs(rows, likeness.unit(rows), (0, 1), [(2, 3)])
    assert (found.right, found.count) == (1, 1)
    assert found.before < found.after == pytest.approx(1.0)


def test_kinds_of_characters_and_of_longer_tokens() -> None:
    said = {"a": "vowel", "É": "vowel", "y": "consonant", "3": "digit", "!": "mark", "\n": "blank", " the": "letters"}
    assert {token: token_kinds.kind(token) for token in said} == said
    assert [token_kinds.case(token) for token in (" The", "the", "\n", "4")] == ["capital", "small", *["no letter"] * 2]
    tokens = loaded("shakespeare").tokenizer.tokens
    pairs = token_kinds.letter_pairs(tokens)
    assert [tokens[a] + tokens[b] for a, b in pairs][:2] == ["Aa", "Bb"] and len(pairs) == 26
