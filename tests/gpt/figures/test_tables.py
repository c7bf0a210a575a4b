"""Files count as the pictures do: numbers of a vector from 1, tokens of the vocabulary by their id."""

from __future__ import annotations

import numpy as np

from gpt.figures import tables


def test_the_numbers_of_a_vector_count_from_one() -> None:
    parts = {"token": np.array([[0.5, -1.0, 2.0]]), "position": np.zeros((1, 3))}
    lines = tables.csv(tables.vectors(parts, ["a"])).decode().splitlines()
    assert lines[0] == "part,token,1,2,3"
    assert lines[1] == "token,1 a,0.5,-1.0,2.0" and lines[2].startswith("position,1 a,")


def test_a_candidate_has_the_id_of_the_vocabulary() -> None:
    """ "o" is token 53 of the alphabet, whatever its place in the list."""
    vocabulary = ["\n", " ", "a", "o"]
    table = tables.candidates(vocabulary, {"logits": np.array([0.0, 3.0, 1.0, 2.0])})
    assert list(table.columns) == ["id", "token", "logits"]
    assert table["id"].tolist() == [1, 3, 2, 0] and table["token"].tolist()[1:3] == ["o", "a"]
    assert all(name.endswith(("space", "newline")) for name in table["token"].tolist()[::3])


def test_what_is_nearly_all_is_not_called_all() -> None:
    said = tables.looks(np.array([[1.0, 0.0], [0.9999, 0.0001]]), ["a", "b"])["looks at"].tolist()
    assert said == ["100 % to 1 a", "> 99 % to 1 a"]
