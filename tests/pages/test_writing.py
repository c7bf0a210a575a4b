"""The tree of texts and what stands beside it on the page Next token: numbers, wishes, nonsense, the link."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from gpt.beam import search
from gpt.config import SamplingConfig
from gpt.continuations import continuations
from gpt.decoder import whole
from gpt.sampling import generate
from gpt.texttree import BRANCHES, LONGEST, NODES, Branch, TextTree, to_word
from pages.ui.board.panels import tree as tree_panel
from pages.ui.state import growing, permalink, reading
from pages.ui.state.choices.writing import SETTINGS
from pages.ui.state.inputs import KNOBS, Inputs, Written
from tests.support import shipped
from tests.support.visitor import only_bundled, proto, tell, unpack, visit

PAGE = "pages/explore/next_token.py"
TEXT = "JULIET:\nO "
FLOOR = 1.5  # seconds that an action may take on the slowest machine; 0.15 is what is wanted (and told by the assert)


@pytest.fixture(scope="module", autouse=True)
def without_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only the bundled models."""
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def sent(app: AppTest, name: str) -> dict[str, Any]:
    """What a panel was sent, unpacked."""
    panel = proto(app, name)
    return json.loads(panel.json) if panel.json else unpack(panel.bytes)


def choices(**changes: Any) -> Inputs:
    """A visitor's choices on the test's prompt."""
    return replace(permalink.restore({"prompt": TEXT, "model": "mini"}), **changes)


def wish(inputs: Inputs, what: str, **more: Any) -> Inputs:
    """The choices after a wish."""
    return growing.asked(inputs, {"n": inputs.writing.answered + 1, "what": what, **more})


def ids_of(inputs: Inputs) -> tuple[int, ...]:
    """What is written."""
    return tuple(token.id for token in inputs.written)


def drawn(n: int, knobs: SamplingConfig = KNOBS) -> tuple[int, ...]:
    """What the engine draws."""
    model = shipped.loaded("mini").model
    return tuple(one.id for one in generate(model, shipped.ids_of(TEXT, "mini"), knobs, n))


def test_a_page_with_a_tree() -> None:
    """Write, look, force, search, go back, and open the link: every number is the engine's."""
    app = visit(PAGE, prompt=TEXT, model="mini")
    assert sent(app, "tree")["branches"] == [] and sent(app, "eight")["sets"] == []
    app = tell(app, "tree", grow={"n": 1, "what": "more", "count": 9})
    app = tell(app, "tree", grow={"n": 2, "what": "look", "at": 4})
    model, prompt, path = shipped.loaded("mini").model, shipped.ids_of(TEXT, "mini"), drawn(9)
    found = sent(app, "tree")
    assert [found["ids"][i] for i in found["word"]] == list(path) and found["depth"] == 9
    for i, token in enumerate(path):
        shares = whole(model, [*prompt, *path[:i]]).double().softmax(dim=0)  # (V,)
        assert found["nats"][i] == pytest.approx(-float(shares[token].log()), abs=1e-4)
        assert found["ranks"][i] == 1 + int((shares > shares[token]).sum())
        if i == 4:
            assert [share for _, _, share in found["best"]] == pytest.approx(shares.topk(20).values.tolist(), abs=2e-6)
    assert found["branches"][0]["nats"] == pytest.approx(found["nats"].sum(), abs=1e-3)
    other = found["best"][1][1]
    app = tell(app, "tree", grow={"n": 3, "what": "force", "at": 4, "id": other})
    app = tell(app, "tree", grow={"n": 4, "what": "beam", "width": 3})
    found, link = sent(app, "tree"), sent(app, "link")["link"]
    assert [row["name"] for row in found["branches"]] == ["branch 1", "branch 2", "beam 3"][: len(found["branches"])]
    assert (found["depth"], found["now"]) == (5, 2) and found["branches"][1]["depth"] == 4
    assert found["branches"][2]["nats"] - found["branches"][1]["nats"] == pytest.approx(
        -search(model, [*prompt, *path[:4], other], growing.SEARCHED, 3)[0].nats, abs=1e-3
    )
    again = sent(visit(PAGE, **link), "tree")
    for name in ("branches", "now", "depth", "at", "best", "words", "ids"):
        assert again[name] == found[name], name
    for name in ("word", "nats", "ranks"):
        assert np.array_equal(again[name], found[name]), name


def test_a_page_beside_the_tree() -> None:
    """Eight continuations each way, every position, the cache and its clock."""
    key = growing.key_of(choices())
    app = visit(PAGE, prompt=TEXT, model="mini", eight=key, against="nucleus", timed=f"3.{key}")
    eight, places, cache = sent(app, "eight"), sent(app, "positions"), sent(app, "cachemap")
    loaded, prompt = shipped.loaded("mini"), shipped.ids_of(TEXT, "mini")
    for found, knobs in zip(eight["sets"], (KNOBS, SETTINGS["nucleus"]), strict=True):
        seeds = range(KNOBS.seed, KNOBS.seed + 8)
        expected = continuations(loaded.model, prompt, knobs, eight["tokens"], seeds)
        assert [text for text, *_ in found["rows"]] == [loaded.tokenizer.decode(list(one.ids)) for one in expected]
    assert [one["title"] for one in eight["sets"]] == ["temperature 0.8", "temperature 1, top-p 0.9"]
    assert places["N"] == len(prompt) - 1
    assert 2 ** places["bits"].mean() == pytest.approx(sent(app, "chart:running")["series"][0]["y"][-1], rel=1e-4)
    assert cache["timing"]["tokens"] == len(prompt) and cache["why"] == "" and "learned position" in cache["slides"]
    assert cache["timed"] == 3
    other = visit(PAGE, prompt=TEXT + "x", model="mini", eight=key, timed=key)
    assert sent(other, "eight")["sets"] == [] and sent(other, "cachemap")["timing"] is None, "a key writes nothing"
    planted = sent(tell(app, "eight", grow={"n": 1, "what": "plant", "set": "other", "which": 3}), "tree")
    assert planted["depth"] == eight["tokens"] and len(planted["branches"]) == 1


@pytest.mark.parametrize("model", ["lesson-2", "copy", "mini"])
def test_without_a_prompt_there_is_a_sentence(model: str) -> None:
    app = visit(PAGE, prompt="", model=model, tree="a~AAB", timed="1.12ab", eight="12ab", look="2")
    assert not sent(app, "tree")["ready"] and not sent(app, "positions")["N"]
    app = tell(app, "tree", grow={"n": 1, "what": "more", "count": 3})
    assert "Type at least one character" in sent(app, "tree")["said"]


def test_run_is_what_generate_writes() -> None:
    """In wishes of any size; rewound and written again, the same, on the same branch."""
    inputs = choices()
    for count in (1, 5, 16, 99):
        inputs = wish(inputs, "more", count=count)
    assert ids_of(inputs) == drawn(38) and len(inputs.writing.tree.branches) == 1
    back = wish(inputs, "show", branch=0, to=10)
    assert ids_of(back) == drawn(10) and back.writing.tree.branches[0].ids == drawn(38)
    assert ids_of(wish(back, "more", count=3)) == drawn(13)
    other = wish(replace(back, knobs=replace(KNOBS, seed=7)), "more", count=16)
    assert [len(branch.ids) for branch in other.writing.tree.branches] == [38, 26]
    assert other.writing.now == 1 and other.rev > back.rev


def test_what_other_pages_wrote_is_a_branch() -> None:
    """A text of the Playground stands in the tree; what stood here before stays."""
    first = wish(choices(), "more", count=5)
    written = growing.drawn(replace(first, written=(), knobs=replace(KNOBS, seed=9)), 6)
    tree, now, ahead = growing.shown(replace(first, written=written))
    assert len(tree.branches) == 2 and now == 1 and ahead == tuple(one.id for one in written)
    moved = wish(replace(first, written=written), "greedy")
    assert [len(branch.ids) for branch in moved.writing.tree.branches] == [5, 6, 6 + growing.SEARCHED]
    assert ids_of(moved) == ahead, "to search ahead is not to go there"
    again = wish(moved, "beam", width=1)
    assert again.writing.said.startswith("“beam 1” finds what “greedy” is already")
    other = replace(moved, text="other", written=())
    assert growing.shown(other)[0] == TextTree()
    panel = tree_panel.panel(reading.read(other))
    assert panel.elsewhere and panel.said.startswith("A tree of 3 branches stands on another prompt")
    home = wish(other, "return")
    assert home.text == moved.text and growing.shown(home)[0] == moved.writing.tree and home.rev > other.rev


def test_names_and_removal() -> None:
    inputs = wish(wish(choices(), "more", count=5), "greedy")
    inputs = wish(inputs, "name", branch=0, name="mine\n<i>")
    assert inputs.writing.tree.branches[0].name == "mine <i>"
    gone = wish(inputs, "remove", branch=0)
    assert [branch.name for branch in gone.writing.tree.branches] == ["greedy"] and len(gone.written) == 5
    bare = wish(gone, "remove", branch=0)
    assert bare.writing.tree == TextTree() and bare.written == ()


@pytest.mark.parametrize(
    "nonsense",
    [
        {}, {"what": "fly"}, {"what": "show", "branch": 9}, {"what": "show", "branch": "x"},
        {"what": "name", "branch": -1}, {"what": "force", "at": 10**9, "id": 10**9}, {"what": "force", "id": "z"},
        {"what": "remove"},
        {"what": ["more"]}, {"what": "look", "at": -5},
    ],
)  # fmt: skip
def test_nonsense_changes_no_text(nonsense: dict[str, Any]) -> None:
    inputs = wish(choices(), "more", count=3)
    after = growing.asked(inputs, {"n": 9, **nonsense})
    assert ids_of(after) in (ids_of(inputs), ()) and after.writing.tree.branches[:1] == inputs.writing.tree.branches[:1]
    assert growing.asked(after, {"n": 9, "what": "more"}) is after, "an old wish is heard once"


def big() -> Inputs:
    """A tree of 2,000 tokens in 40 branches of one prompt, which share beginnings."""
    model, prompt = shipped.loaded("mini").model, shipped.ids_of(TEXT, "mini")
    n = NODES // BRANCHES
    every = continuations(model, prompt, SamplingConfig(temperature=1.5), n + 8, range(BRANCHES))
    beginning = every[0].ids[:8]
    paths = [every[0].ids, *((*beginning, *one.ids) for one in every[1:])]
    branches = [Branch(f"b{i}", path[: n + 8 if i else n]) for i, path in enumerate(paths)]
    tree = TextTree(tuple(branches))
    return choices(writing=replace(Inputs().writing, tree=tree, model="mini", text=TEXT))


def test_a_large_tree_answers_at_once() -> None:
    """2,000 tokens in 40 branches: what an action takes in the server, told; the link carries it, bounded."""
    inputs = big()
    tree = inputs.writing.tree
    assert len(tree.branches) == BRANCHES and NODES * 0.95 < tree.nodes <= NODES
    word = to_word(tree)
    assert len(word) < 5_000 and permalink.restore({"prompt": TEXT, "model": "mini", "tree": word}).writing.tree == tree
    tree_panel.panel(reading.read(inputs))  # what is found once
    taken = dict[str, float]()
    steps: list[tuple[str, dict[str, Any]]] = [
        ("show", {"branch": 7}), ("look", {"at": 20}), ("show", {"branch": 7, "to": 20}),
        ("name", {"branch": 3, "name": "x"}), ("remove", {"branch": 39}), ("force", {"at": 3, "id": 5}),
        ("more", {"count": 4}), ("look", {"at": 2}),
    ]  # fmt: skip
    for what, more in steps:
        started = time.perf_counter()
        inputs = wish(inputs, what, **more)
        shown = tree_panel.panel(reading.read(inputs))
        taken[f"{what} {more}"] = time.perf_counter() - started
        assert shown.N <= NODES
    assert max(taken.values()) < FLOOR, {what: f"{1_000 * seconds:.0f} ms" for what, seconds in taken.items()}
    full = wish(big(), "force", at=0, id=3)
    assert "40 branches: remove one" in full.writing.said and full.written == ()


def test_a_long_text_ends() -> None:
    """At the most tokens there may be, the page says so; nothing is lost."""
    path = tuple([3] * LONGEST)
    inputs = choices(writing=replace(Inputs().writing, tree=TextTree((Branch("a", path),)), model="mini", text=TEXT))
    inputs = replace(inputs, written=tuple(Written(3, "!", 0.5) for _ in path))
    for what in ("more", "greedy", "beam"):
        assert "rewind" in wish(inputs, what).writing.said and ids_of(wish(inputs, what)) == path
