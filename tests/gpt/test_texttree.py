"""A tree of texts: what is kept, where it forks, its bounds, and the word of the link that restores it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpt import texttree
from gpt.texttree import BRANCHES, LONGEST, NODES, Branch, TextTree, TreeFull, common, from_word, to_word

paths = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=12).map(tuple), max_size=12)


def grown(*paths: texttree.Path, anew: int = 0) -> TextTree:
    """A tree that these paths were kept in, one after another; every so many as a branch of its own."""
    tree = TextTree()
    for i, path in enumerate(paths):
        tree = tree.kept(path, anew=bool(anew) and i % anew == 0)
    return tree


@given(paths, st.integers(0, 2))
@settings(max_examples=80, deadline=None)
def test_every_path_is_kept_once(all_paths: list[texttree.Path], anew: int) -> None:
    """Each path lies on a branch, no branch lies on an earlier one, and the nodes are the different prefixes."""
    tree = grown(*all_paths, anew=anew)
    ids = [branch.ids for branch in tree.branches]
    assert all(tree.at(path) is not None for path in all_paths)
    assert not [1 for i, later in enumerate(ids) for earlier in ids[:i] if earlier[: len(later)] == later]
    assert anew or not [1 for a in ids for b in ids if a is not b and b[: len(a)] == a]
    prefixes = {path[:n] for path in all_paths for n in range(1, len(path) + 1)}
    assert tree.nodes == len(prefixes)
    assert len({branch.name for branch in tree.branches}) == len(ids)
    for (parent, depth), branch in zip(tree.forks, ids, strict=True):
        assert (depth == 0) == (parent < 0)
        assert depth == 0 or ids[parent][:depth] == branch[:depth]
    assert from_word(to_word(tree), 4) == tree


@given(st.lists(st.integers(0, 2)).map(tuple), st.lists(st.integers(0, 2)).map(tuple))
def test_what_two_paths_have_in_common(one: texttree.Path, other: texttree.Path) -> None:
    n = common(one, other)
    assert one[:n] == other[:n] and (n == min(len(one), len(other)) or one[n] != other[n])


def test_a_branch_grows_and_forks() -> None:
    """Writing on grows the branch that one is on; another token in its middle begins a new one."""
    tree = grown((1, 2), (1, 2, 3), (1, 5))
    assert tree.branches == (Branch("branch 1", (1, 2, 3)), Branch("branch 2", (1, 5)))
    assert tree.forks == ((-1, 0), (0, 1)) and tree.nodes == 4
    assert tree.kept((1, 2)) is tree, "to rewind loses nothing"
    assert tree.kept((1, 2, 3, 4), "beam", anew=True).branches[-1] == Branch("beam", (1, 2, 3, 4))
    assert tree.kept((1, 2, 3, 4), "beam").branches[0] == Branch("branch 1", (1, 2, 3, 4))
    assert tree.kept((9,), "greedy").kept((8,), "greedy").branches[-1].name == "greedy 1"
    assert tree.without(0).branches == (Branch("branch 2", (1, 5)),)


def test_names() -> None:
    tree = grown((1,), (2,))
    assert tree.renamed(0, "  a\n<b>  ").branches[0].name == "a <b>"
    assert tree.renamed(0, "branch 2").branches[0].name == "branch 2 1"
    assert tree.renamed(0, " \n").branches == tree.branches
    assert len(tree.renamed(0, "x" * 100).branches[0].name) == texttree.NAME
    long = tree.renamed(0, "x" * 100).renamed(1, "x" * 100)
    assert len(long.branches[1].name) <= texttree.NAME and long.branches[0].name != long.branches[1].name


def test_bounds() -> None:
    """What does not fit is refused with a sentence, and the tree stays what it was."""
    tree = grown(*((i, *range(NODES // BRANCHES - 1)) for i in range(BRANCHES)))
    assert tree.nodes == NODES and len(tree.branches) == BRANCHES
    with pytest.raises(TreeFull, match=f"has its {BRANCHES} branches: remove one"):
        tree.kept((BRANCHES,))
    with pytest.raises(TreeFull, match=f"has its {NODES:,} tokens: remove a branch"):
        tree.kept((*tree.branches[0].ids, 1))
    assert len(grown(tuple(range(1_000))).branches[0].ids) == LONGEST
    assert from_word(to_word(tree), 100) == tree and len(to_word(tree)) < 4_500


@pytest.mark.parametrize(
    "word",
    ["a", "~", "a~", "a~A", "a~AA", "a~AA!", "a~BAB", "a~AAg", "a~ABB", "a~AAB.b~AAB", "a~AABC.b~AAB"],
)
def test_a_strangers_word(word: str) -> None:
    with pytest.raises(ValueError, match="link's tree of texts cannot be read"):
        from_word(word, 4)


def test_a_word_of_another_model_or_too_long() -> None:
    with pytest.raises(ValueError, match="not of this model's tokens"):
        from_word("a~AAE", 4)
    with pytest.raises(ValueError, match="cannot be read"):
        from_word("a~AA" + "B" * (LONGEST + 1), 4)
    with pytest.raises(ValueError, match="cannot be read"):
        from_word(".".join(f"b{i}~AA{texttree.letters(i)}" for i in range(BRANCHES + 1)), 100)
    assert from_word("", 4) == TextTree()


@given(st.lists(st.integers(0, 200_000)))
def test_numbers_as_letters(numbers: list[int]) -> None:
    assert texttree.from_letters("".join(map(texttree.letters, numbers))) == numbers
