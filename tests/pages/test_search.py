"""The search behind the feed-forward page: its passages are the text's, and it runs while somebody looks."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from gpt import corpora
from gpt.analysis import mlp_switches
from gpt.analysis.search import Search
from pages.ui import cache
from pages.ui.board import feedforward
from pages.ui.board.panels import fires, habits
from pages.ui.board.parts import neuron_guess
from pages.ui.derived import search as searches
from pages.ui.derived.search import Job
from pages.ui.state import permalink, reading
from pages.ui.state.reading import Reading
from tests.support.numpy_gpt import NumpyGPT, activate
from tests.support.visitor import only_bundled

TEXT = "ROMEO:\nO my love"
LOOK = Job.look  # which the fixture below puts out of the way


@pytest.fixture(scope="module", autouse=True)
def without_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only the bundled models; and a search reads on only where a test says so."""
    with only_bundled(tmp_path_factory.mktemp("runs")), pytest.MonkeyPatch.context() as patch:
        patch.setattr(Job, "look", lambda job: None)
        yield


def seen_by(**link: str) -> Reading:
    """A link, read."""
    return reading.read(permalink.restore(link))


def test_places_are_passages_of_the_text() -> None:
    """What is shown of a place is what stands there, the marked token is the one that fires, and a head's keys are."""
    job = searches.job("mini", 2000)
    text = corpora.load("shakespeare").text[:3_000]
    loaded = cache.model("mini", 2000)
    job.search = Search(loaded.model, loaded.tokenizer.encode(text), loaded.tokenizer.tokens)
    seen = seen_by(prompt=TEXT, model="mini", layer="2", neuron="5")
    assert "being searched" in fires.panel(seen, feedforward.look(seen)).found
    while not job.search.over:
        job.search.read()
    sent = fires.panel(seen, feedforward.look(seen))
    best, share = job.search.best_of_neuron(1, 4)
    assert len(sent.places) == 10 and sent.share == 1.0 and f"{100 * share:.1f} %" in sent.found
    for (tokens, at, value), place in zip(sent.places, best.places, strict=True):
        assert tokens[at] == text[place] and "".join(tokens) == text[place - at : place - at + len(tokens)]
        window = job.search.window_of(place)
        model = NumpyGPT(seen.inputs.shelved.last)
        inside = model.run(model.read(text[window.start : place + 1]))["layers"][1]
        after = activate("gelu", model.linear("blocks.1.mlp.expand", model.norm("blocks.1.norm2", inside["mid"][-1])))
        assert value == pytest.approx(float(after[4]), abs=1e-4)
    seen = seen_by(prompt=TEXT, model="mini", layer="2", head="3", role="same")
    told = habits.panel(seen)
    assert told.role == "same" and len(told.places) == 10
    for tokens, at, keys, weight in told.places:
        assert 0 < weight <= 1 and all(tokens[key] == tokens[at] and key < at for key in keys)
    assert habits.panel(seen_by(prompt=TEXT, model="mini", role="x")).role in dict(told.roles)


def test_a_search_runs_while_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins when asked, stops when nobody looks, goes on where it was, and has one thread at a time."""
    monkeypatch.setattr(searches, "text_of", lambda name, corpus: "abcdefgh|abcdefgh\n" * 40)
    job = Job("copy", 3000)
    monkeypatch.setattr(searches, "UNASKED", -1.0)  # nobody looks any more as soon as it has begun
    LOOK(job)
    waited(lambda: job.thread is not None and not job.thread.is_alive())
    assert job.search is not None and job.search.done == 0 and not job.over
    monkeypatch.setattr(searches, "UNASKED", 60.0)
    before = threading.active_count()
    LOOK(job)
    LOOK(job)
    assert threading.active_count() <= before + 1
    waited(lambda: job.over)
    assert job.search.share == 1.0 and job.problem == "" and job.losses is not None and len(job.losses.straight) == 2
    seen = seen_by(model="copy", prompt="abc|ab", layer="2")
    shown = feedforward.look(seen)
    assert shown is not None and len(neuron_guess.panel(seen, shown).questions) == 1  # nothing is measured yet
    searches.job("copy", 3000).losses = job.losses
    worse, missed, few = neuron_guess.panel(seen, shown).questions
    before, off, straight = cost(seen, ()), cost(seen, ("layer",)), cost(seen, ("identity",))
    assert (
        worse["right"] == int(straight > off) and f"{off:.2f} without this MLP, {straight:.2f}" in worse["explanation"]
    )
    assert f"instead of {before:.2f}" in missed["explanation"] and few["options"]


def cost(seen: Reading, breaks: tuple[str, ...]) -> float:
    """Nats a token over the held-out texts, by the engine."""
    changed, edits = mlp_switches.broken(seen.model, breaks, 1)
    return mlp_switches.mean_loss(changed, cache.texts(seen.inputs.model), edits)


def test_a_text_that_is_not_here_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "text_of", lambda name, corpus: corpora.load("nothing").text)
    job = Job("copy", 3000)
    job.work()
    assert job.over and job.problem == searches.MISSING
    share, places, found = fires.searched(job, 0, 0)
    assert (share, places, found) == (1.0, [], searches.MISSING)


def waited(there: Any) -> None:
    """Until something is so."""
    end = time.monotonic() + 30
    while not there():
        assert time.monotonic() < end
        time.sleep(0.02)
