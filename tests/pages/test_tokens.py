"""The page Tokens without a browser: its numbers are the text's and the model's, counted here once more."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from gpt import corpora
from gpt.tokenizers import BPETokenizer, CharTokenizer
from gpt.train.batches import batch
from pages.ui import cache as caches
from pages.ui.board.panels import ids
from pages.ui.derived import tokens as derived
from pages.ui.derived.background import Work
from tests.pages.test_attention import printed
from tests.support import shipped
from tests.support.visitor import only_bundled, proto, tell, type_in, unpack, visit

TEXT = "ROMEO:\nO my love"
PANELS = ("ids", "vocabulary", "merging", "cuts", "sizes", "renamed")


@pytest.fixture(scope="module", autouse=True)
def without_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only the bundled models; what is found in the background is there."""
    with only_bundled(tmp_path_factory.mktemp("runs")):
        assert derived.pairs(shipped.DEFAULT).wait(120), derived.pairs(shipped.DEFAULT).problem
        ready(shipped.DEFAULT)
        yield


def ready(name: str) -> None:
    """The model's text is in tokens."""
    work = derived.ids_of(name)
    assert work is None or work.wait(60) is not None, work.problem


def page(**link: str) -> AppTest:
    """A new visitor."""
    return visit("pages/explore/tokens.py", **link)


def sent(app: AppTest, name: str) -> dict[str, Any]:
    """What a panel was sent, unpacked."""
    panel = proto(app, name)
    return json.loads(panel.json) if panel.json else unpack(panel.bytes)


@cache
def text() -> str:
    """The text of the shipped model."""
    return corpora.load("shakespeare").text


def test_ids_are_the_models_and_decode_to_the_text() -> None:
    told = sent(page(prompt=TEXT + "ä"), "ids")
    chars = sorted(set(text()))
    assert told["ids"] == [chars.index(char) for char in TEXT]
    assert told["tokens"] == list(TEXT)
    assert told["bytes"] == [f"{ord(char):02x}" for char in TEXT]
    assert "“ä” (U+00E4) has no id among the 65" in told["unknown"]
    app = tell(page(prompt=TEXT), "ids", choice={"ids": " ".join(map(str, told["ids"]))})
    assert sent(app, "ids")["decoded"] == TEXT
    assert sent(app, "ids")["fault"] == ""


@pytest.mark.parametrize(
    ("typed", "decoded", "fault"),
    [
        ("[20, 43]", "He", ""),
        ("20 65", "H", "There is no token 65: this model's ids run from 0 to 64."),
        ("-1 20 99 70", "H", "There is no token -1 (nor for 2 more)"),
        ("x 20", "H", "“x” is not a whole number"),
        ("², ٣", "", "is not a whole number"),
        ("1" * 150, "", "There is no token 11111111111111111111:"),
        ("1 " * 90, " " * 64, "Only the first 64 of 90"),
        ("", "", ""),
    ],
)
def test_ids_that_somebody_types(typed: str, decoded: str, fault: str) -> None:
    found = ids.decode(typed, CharTokenizer.from_text(text()))
    assert found[0] == decoded
    assert fault in found[1]


def test_the_vocabulary_is_counted() -> None:
    counted = Counter(text())
    told = sent(page(prompt="e", sort="count"), "vocabulary")
    for rank, ((char, count), row) in enumerate(zip(counted.most_common(10), told["rows"], strict=True), 1):
        assert row[1:5] == [char, row[2], count, rank]
        assert row[5] == pytest.approx(count / len(text()))
    top = sum(count for _, count in counted.most_common(6)) / len(text())
    assert f"The 6 most frequent tokens are {100 * top:.0f} % of it" in told["sentence"]
    assert told["pages"] == 7
    assert told["here"] == sorted(counted).index("e")
    last = sent(tell(page(prompt="e"), "vocabulary", choice={"page": "99"}), "vocabulary")
    assert [row[1] for row in last["rows"]] == ["v", "w", "x", "y", "z"]
    found = sent(page(prompt="e", find="q"), "vocabulary")
    assert [row[1] for row in found["rows"]] == ["Q", "q"]
    kinds = [row[2] for row in sent(page(prompt="e", sort="kind"), "vocabulary")["rows"]]
    assert kinds[0] == "vowel"


def test_a_batch_is_the_trainers() -> None:
    """Drawn by the same function from the same ids, by a generator of its own."""
    told = sent(page(prompt="e", block="16", draw="7"), "cuts")
    chars = sorted(set(text()))
    cut = int(0.9 * len(text()))
    learned = torch.tensor([chars.index(char) for char in text()[:cut]])
    x, y = batch(learned, 16, 4, torch.Generator().manual_seed(7))
    assert told["parts"] == [["to learn from", cut], ["to judge with", len(text()) - cut]]
    for (place, tokens, numbers), inputs, targets in zip(told["windows"], x.tolist(), y.tolist(), strict=True):
        assert numbers == [*inputs, targets[-1]]
        assert "".join(tokens) in text()[:cut]
        assert text()[round(place * len(text())) :].startswith("".join(tokens))
    steps = round(cut / (32 * 128))
    assert f"after {steps:,} steps as many as there are" in told["sentence"]


def test_merges_and_lengths_are_the_librarys() -> None:
    app = page(prompt="ROMEO: é\n", merges="300")
    told = sent(app, "merging")
    learned = BPETokenizer.train(text()[: int(0.9 * len(text()))], 8_192)
    assert (told["most"], told["merges"]) == (len(learned.merges), 300)
    fewer = BPETokenizer(learned.merges[:300])
    assert (told["closed"] > 300).sum() == len(fewer.encode("ROMEO: é\n"))
    number, left, right = next(row for row in told["listed"] if row[0] == 300)
    assert left + right == fewer.tokens[-1]
    assert told["sizes"][[row[0] for row in told["listed"]].index(number)] == 556
    rows = {name: tokens for name, _, tokens, _ in sent(app, "sizes")["lengths"]}
    assert rows["characters"] == rows["256 entries"] == len(text())
    assert rows["512 entries"] == len(BPETokenizer(learned.merges[:256]).encode(text()))
    assert rows["8,192 entries"] == len(learned.encode(text()))


def test_shuffled_ids() -> None:
    app = tell(page(prompt=TEXT), "renamed", choice={"renamed": "1"})
    told = sent(app, "renamed")
    ways = {title: (top, loss) for title, top, loss in told["ways"]}
    logits = shipped.inside(TEXT).logits.double()
    own = torch.nn.functional.cross_entropy(logits[:-1], torch.tensor(shipped.ids_of(TEXT)[1:])).item()
    assert ways["as trained"][1] == pytest.approx(own, abs=1e-5)
    assert ways["rows shuffled along"][1] == pytest.approx(own, abs=1e-5)
    assert ways["ids shuffled"][1] > 4.17
    assert "worse than guessing blindly" in told["sentence"]
    assert sent(app, "link")["link"]["renamed"] == "1"
    assert len(sent(page(prompt=TEXT), "renamed")["ways"]) == 1


def test_every_model_and_prompt_has_a_page() -> None:
    """Each sends every panel; what cannot be shown says so; numbers that do not fit are clamped."""
    odd = {"page": "500", "merges": "99999", "block": "77", "draw": "-4", "renamed": "x", "sort": "?", "find": "\n"}
    assert set(models := ("mini", "copy", "lesson-2", "lesson-12")) <= set(caches.offered())
    for name in models:
        ready(name)
        app = page(model=name, prompt="ab", **(odd if name in ("copy", "lesson-2") else {"renamed": "2"}))
        for panel in PANELS:
            assert sent(app, panel), (name, panel)
    app = type_in(page(prompt=TEXT), "")
    assert sent(app, "renamed")["ways"] == []
    assert sent(app, "ids")["T"] == sent(app, "merging")["T"] == 0
    assert len(sent(page(prompt="To be or not " * 30), "merging")["text"]) <= 400


def test_a_text_that_is_not_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "text_of", lambda name: None)
    derived.ids_of.cache_clear()
    app = page(prompt="ab")
    assert sent(app, "cuts")["windows"] == []
    assert "not on the shelf" in sent(app, "cuts")["sentence"]
    assert "nothing can be counted" in sent(app, "vocabulary")["sentence"]
    assert sent(app, "vocabulary")["rows"][0][3] is None
    derived.ids_of.cache_clear()


def test_background_work_tells_how_far_it_is_and_what_went_wrong() -> None:
    def fails(tell: Any) -> int:
        tell(0.5)
        raise ValueError("No text.")

    assert Work(lambda tell: 7).wait(5) == 7
    work = Work(fails)
    assert work.wait(5) is None
    assert (work.share, work.problem) == (0.5, "No text.")


def test_tables_hold_the_same_numbers() -> None:
    app = page(prompt=TEXT)
    from pages.ui.page_tables import tokens as token_tables
    from pages.ui.state import reading

    ready(shipped.DEFAULT)
    found = token_tables.every(reading.read(app.session_state["inputs"]))
    assert list(found) == ["ids", "vocabulary", "merges", "vocabulary sizes"]
    assert found["ids"][0]["id"].tolist() == shipped.ids_of(TEXT)
    assert found["vocabulary"][0]["count"].tolist() == [Counter(text())[char] for char in sorted(set(text()))]
    assert found["merges"][0]["tokens"].iloc[-1] == sent(app, "sizes")["lengths"][-1][2]
    assert len(found["vocabulary sizes"][0]) == 21


def test_the_order_of_the_rows_is_one_of_the_tables() -> None:
    from pages.ui.derived.vocabulary import ORDERS
    from pages.ui.state.choices.tokens import SORTS

    assert tuple(ORDERS) == SORTS


def test_the_entropy_is_summed_and_its_lines_print_it() -> None:
    ready(shipped.DEFAULT)
    told = sent(page(prompt="e"), "worked")
    shares = np.array(list(Counter(text()).values())) / len(text())
    entropy = float(-(shares * np.log2(shares)).sum())
    assert f"H = {entropy:.6g} bits a token" in told["sum"]
    assert printed(told["code"]) == pytest.approx(entropy, abs=1e-9)
    assert told["terms"][0][0] == "“·”"
    mine = Counter(text())["e"] / len(text())
    assert f"{-np.log2(mine):.3f} bits by frequency" in told["sentence"]


def test_guesses_follow_from_the_counts() -> None:
    ready(shipped.DEFAULT)
    found = sent(page(prompt=TEXT), "guess")["questions"]
    assert len(found) == 3
    counted, many, reached = Counter(text()).most_common(), 0, 0
    while reached < len(text()) / 2:
        reached += counted[many][1]
        many += 1
    assert found[0]["explanation"].startswith(f"{many} of 65")
    assert found[0]["right"] == (0 if many / 65 <= 1 / 8 else 1 if many / 65 <= 1 / 3 else 2)
    learned = BPETokenizer.train(text()[: int(0.9 * len(text()))], 8_192)
    assert f"become {len(learned.encode(TEXT))} tokens" in found[2]["explanation"]


def test_looking_again_changes_no_choice() -> None:
    app = tell(page(prompt=TEXT), "ids", choice={"sort": "count"})
    before = app.session_state["inputs"]
    assert tell(app, "ids", again={"n": 1}).session_state["inputs"] == before
