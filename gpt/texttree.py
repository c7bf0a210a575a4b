"""A text that branches: every way that was written on from one prompt, kept with a name.

A branch is a path of token ids from the prompt on; two that begin alike share those nodes. Nothing here knows a model:
what a token's probability is follows from its path (`gpt/analysis/path_scores.py`). Frozen: each change is a new tree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

BRANCHES, NODES, LONGEST, NAME = 40, 2_000, 400, 24  # at most: branches, tokens of all, of one, letters of a name
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # that a link carries as they are
HALF = 32  # five bits a letter, the sixth says whether the number goes on
HIGHEST = 2**25

Path = tuple[int, ...]  # ids, from the prompt on


class TreeFull(ValueError):
    """There is no room: which bound is reached, and what to do."""


@dataclass(frozen=True)
class Branch:
    """One way to the end."""

    name: str
    ids: Path


@dataclass(frozen=True)
class TextTree:
    """Branches in the order in which they were begun; none of them lies wholly on an earlier one."""

    branches: tuple[Branch, ...] = ()

    @property
    def forks(self) -> tuple[tuple[int, int], ...]:
        """Where each branch leaves those before it: (which of them, -1 for the prompt; after how many tokens)."""
        found = list[tuple[int, int]]()
        for i, branch in enumerate(self.branches):
            shared = [common(other.ids, branch.ids) for other in self.branches[:i]]
            depth = max(shared, default=0)
            found.append((shared.index(depth) if depth else -1, depth))
        return tuple(found)

    @property
    def nodes(self) -> int:
        """How many tokens there are in all, shared ones counted once."""
        forks = self.forks
        return sum(len(branch.ids) - depth for branch, (_, depth) in zip(self.branches, forks, strict=True))

    def at(self, path: Path) -> int | None:
        """The first branch on which this path lies; None if it is not in the tree."""
        return next((i for i, branch in enumerate(self.branches) if branch.ids[: len(path)] == path), None)

    def kept(self, path: Path, name: str = "", now: int = -1, anew: bool = False) -> TextTree:
        """The tree with this path in it: what lies on a branch adds nothing; what goes on from one grows it.

        The longest that it goes on from grows, of equals the branch `now`; with `anew` none does, and the path is a
        branch of its own. Raises TreeFull, in one sentence, where a bound is reached.
        """
        path = path[:LONGEST]
        if not path or self.at(path) is not None:
            return self
        grows = [i for i, branch in enumerate(self.branches) if path[: len(branch.ids)] == branch.ids and not anew]
        if grows:
            i = max(grows, key=lambda i: (len(self.branches[i].ids), i == now))
            old = self.branches[i]
            grown = replace(self, branches=(*self.branches[:i], Branch(old.name, path), *self.branches[i + 1 :]))
        else:
            if len(self.branches) >= BRANCHES:
                raise TreeFull(f"The tree has its {BRANCHES} branches: remove one to begin another.")
            grown = replace(self, branches=(*self.branches, Branch(self.free(name or "branch"), path)))
        if grown.nodes > NODES:
            raise TreeFull(f"The tree has its {NODES:,} tokens: remove a branch to write on.")
        return grown

    def without(self, i: int) -> TextTree:
        """The tree without its branch i; what it shares with others stays theirs."""
        return replace(self, branches=self.branches[:i] + self.branches[i + 1 :])

    def renamed(self, i: int, name: str) -> TextTree:
        """The tree whose branch i has this name, or one like it that no other has; an empty one changes nothing."""
        old, without = self.branches[i], self.without(i)
        wanted = proper(name)
        if not wanted or wanted == old.name:
            return self
        new = Branch(without.free(wanted, numbered=False), old.ids)
        return replace(self, branches=(*self.branches[:i], new, *self.branches[i + 1 :]))

    def free(self, name: str, numbered: bool = True) -> str:
        """A name that no branch has: "branch 1", "branch 2", ...; or the name itself, if it need not be numbered."""
        name, taken = proper(name) or "branch", {branch.name for branch in self.branches}
        if not numbered and name not in taken:
            return name
        if numbered and name != "branch" and name not in taken:
            return name
        number = next(k for k in range(1, BRANCHES + 2) if f"{name[: NAME - 3]} {k}" not in taken)
        return f"{name[: NAME - 3]} {number}"


def common(one: Path, other: Path) -> int:
    """How many tokens two paths have in common from the beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:  # by halves: slices are compared a hundred times as fast as one id after the other
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low


def proper(name: str) -> str:
    """A name as one line of letters that are seen, of at most 24."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())[:NAME].strip()


def to_word(tree: TextTree) -> str:
    """The tree as a link carries it: each branch's name, where it leaves which other, and the ids that are its own."""
    words = list[str]()
    for branch, (parent, depth) in zip(tree.branches, tree.forks, strict=True):
        numbers = [parent + 1, depth, *branch.ids[depth:]]
        words.append(f"{branch.name.replace('~', '-').replace('.', ' ')}~{''.join(map(letters, numbers))}")
    return ".".join(words)


def from_word(word: str, vocab_size: int) -> TextTree:
    """A tree as `to_word` writes it. Raises ValueError, in one sentence, for anything else."""
    tree = TextTree()
    for part in word.split(".") if word else ():
        name, _, code = part.rpartition("~")
        numbers = from_letters(code)
        if len(numbers) < 3 or numbers[0] > len(tree.branches) or len(tree.branches) >= BRANCHES:
            raise ValueError("The link's tree of texts cannot be read; showing the text without it.")
        beginning = tree.branches[numbers[0] - 1].ids[: numbers[1]] if numbers[0] else ()
        path = (*beginning, *numbers[2:])
        if max(path) >= vocab_size:
            raise ValueError("The link's tree of texts is not of this model's tokens; showing the text without it.")
        if len(beginning) < numbers[1] or len(path) > LONGEST or tree.at(path) is not None:
            raise ValueError("The link's tree of texts cannot be read; showing the text without it.")
        tree = replace(tree, branches=(*tree.branches, Branch(tree.free(name, numbered=False), path)))
    if tree.nodes > NODES:
        raise ValueError(f"The link's tree of texts has more than {NODES:,} tokens; showing the text without it.")
    return tree


def letters(number: int) -> str:
    """A whole number in five bits a letter, the lowest first."""
    if number < HALF:
        return LETTERS[number]
    return LETTERS[HALF + number % HALF] + letters(number // HALF)


def from_letters(code: str) -> list[int]:
    """The numbers of many letters. Raises ValueError for a letter that is none, and for a number without an end."""
    numbers, number, place = list[int](), 0, 1
    for letter in code[: NODES * 5]:
        value = LETTERS.find(letter)
        if value < 0 or place >= HIGHEST:
            raise ValueError("The link's tree of texts cannot be read; showing the text without it.")
        number += (value % HALF) * place
        place *= HALF
        if value < HALF:
            numbers.append(number)
            number, place = 0, 1
    if place != 1:
        raise ValueError("The link's tree of texts cannot be read; showing the text without it.")
    return numbers
