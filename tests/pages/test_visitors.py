"""Many visitors share one server: what each types is theirs, what they share is never changed."""

from __future__ import annotations

import gc
import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from gpt import bundled
from gpt.config import SamplingConfig
from gpt.model import GPT
from pages.ui import cache, warm
from pages.ui.state import inputs, validate
from tests.support import ROOT, shipped
from tests.support.tiny import go
from tests.support.visitor import only_bundled, proto, tell, type_in, unpack, visit


@pytest.fixture(scope="module", autouse=True)
def without_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only the bundled models."""
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def fingerprint(model: GPT) -> str:
    """The sha256 of every weight."""
    found = hashlib.sha256()
    for name, weight in sorted(model.state_dict().items()):
        found.update(name.encode() + weight.numpy().tobytes())
    return found.hexdigest()


def ask(app: AppTest, what: str, to: int = 0) -> AppTest:
    """A request of the writing panel."""
    return tell(app, "write", ask={"n": app.session_state["inputs"].answered + 1, "what": what, "to": to})


def everything_sent(app: AppTest) -> str:
    """All that reached this visitor's page."""
    return "".join(e.proto.json + e.proto.bytes.decode("latin-1") for e in app.get("bidi_component"))


def test_two_visitors_do_not_see_each_other() -> None:
    """Text, view, knobs and written tokens, by turns; neither shows up in what the other is sent."""
    one, other = visit(), visit()
    type_in(one, "My secret is kept")
    tell(one, "next", knobs={"temperature": 2.5, "top_k": 3, "top_p": 0.5, "greedy": False, "seed": 99})
    ask(one, "token")
    type_in(other, "Another text")
    tell(other, "tokens", view={"layer": 1, "head": 1, "mode": "max", "pin": 2})
    one.run()
    other.run()
    assert one.session_state["inputs"].text == "My secret is kept"
    assert other.session_state["inputs"].text == "Another text"
    assert one.session_state["inputs"].mode == "head" and other.session_state["inputs"].mode == "max"
    assert other.session_state["inputs"].knobs == inputs.KNOBS and other.session_state["inputs"].written == ()
    assert "secret" in everything_sent(one) and "Another" not in everything_sent(one)
    assert "Another" in everything_sent(other) and "secret" not in everything_sent(other)
    third = visit()
    assert third.session_state["inputs"].text == validate.START


def test_writing_is_the_engines() -> None:
    """Token by token, back and on again: what one call of gpt.sampling.generate writes."""
    app = type_in(visit(), "ROMEO:\n")
    settings = SamplingConfig(1.1, top_k=20, top_p=0.95, seed=7)
    tell(app, "next", knobs=settings.to_json())
    expected = shipped.written("ROMEO:\n", settings, 6)
    for _ in range(6):
        ask(app, "token")
    assert app.session_state["inputs"].full_text == "ROMEO:\n" + expected
    ask(app, "back", to=2)
    assert app.session_state["inputs"].full_text == "ROMEO:\n" + expected[:2]
    ask(app, "token")
    assert app.session_state["inputs"].full_text == "ROMEO:\n" + expected[:3]
    tell(app, "write", ask={"n": 1, "what": "token"})  # an old request, seen again after a reconnection
    assert len(app.session_state["inputs"].written) == 3


NONSENSE: list[Any] = [None, "x", -1, 10**30, 1.5, [], {}, True, "९", float("nan")]
TOLD = {
    "prompt": ("typed", ("text", "n")),
    "tokens": ("view", ("layer", "head", "mode", "pin")),
    "next": ("knobs", ("temperature", "top_k", "top_p", "greedy", "seed")),
    "write": ("ask", ("n", "what", "to")),
}


@pytest.mark.parametrize("component", TOLD)
def test_nonsense_from_a_browser(component: str) -> None:
    """A student's browser may send anything: no traceback, and the next key works."""
    app = type_in(visit(), "ab")
    name, fields = TOLD[component]
    chance = random.Random(1)
    for value in NONSENSE:
        tell(app, component, **{name: value})
        tell(app, component, **{name: {field: chance.choice(NONSENSE) for field in fields}})
        tell(app, component, **{name: dict.fromkeys(fields, value)})
        config, now = shipped.loaded().config, app.session_state["inputs"]
        assert 0 <= now.layer < config.n_layer and 0 <= now.head < config.n_head and now.mode in validate.MODES
    type_in(app, "fine", 10**6)
    assert unpack(proto(app, "heads").bytes)["T"] == 4


def test_nothing_that_is_shared_changes() -> None:
    """After many keys, knobs and tokens every weight of the model is what it was, and so is torch's own chance."""
    app = visit()
    last = shipped.shelved().steps[-1]
    before, state = fingerprint(cache.model(shipped.DEFAULT, last).model), torch.get_rng_state()
    chance = random.Random(2)
    for n in range(1, 13):
        type_in(app, "".join(chance.choices("abc ROMEO:\n€", k=chance.randrange(200))), n)
        tell(app, "next", knobs={"temperature": chance.uniform(0.1, 3), "top_k": n, "top_p": 0.9, "seed": n})
        ask(app, chance.choice(["token", "token", "back"]), chance.randrange(3))
        tell(app, "tokens", view={"layer": n % 3, "head": n % 2, "mode": chance.choice(validate.MODES), "pin": n})
    assert fingerprint(cache.model(shipped.DEFAULT, last).model) == before
    assert torch.equal(torch.get_rng_state(), state)
    assert not any(weight.requires_grad for weight in cache.model(shipped.DEFAULT, last).model.parameters())


def test_warm_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first page waits for the warm thread, which leaves the collector nothing old to see; nobody seeds torch."""

    def refuse(*_: object) -> None:
        raise AssertionError("the app seeded torch for everyone")

    monkeypatch.setattr(torch, "manual_seed", refuse)
    monkeypatch.setattr(torch, "seed", refuse)
    app = ask(type_in(visit(), "O my"), "token")
    assert not warm.warm().is_alive()
    assert gc.get_freeze_count() > 0
    assert len(app.session_state["inputs"].written) == 1
    again = visit()
    assert warm.warm() is warm.warm() and not again.exception


def test_a_run_called_like_a_bundled_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bundled one keeps its name, and comes first in the picker; the run's other model is listed after it."""
    monkeypatch.setenv("NANOSCOPE_RUNS", str(tmp_path))
    for name in (shipped.DEFAULT, "another"):
        go(tmp_path / name)
    cache.forget_offered()
    names = list(cache.offered())
    assert names == [*(model.name for model in bundled.shelf()), "another"]
    assert cache.offered()[shipped.DEFAULT] == shipped.shelved()
    assert visit().session_state["inputs"].model == shipped.DEFAULT
    cache.forget_offered()


def test_the_list_of_models_shows_what_is_chosen_on_every_page() -> None:
    """On a page that one comes back to, the browser has forgotten its choice, so Python says it each time."""
    app = visit()
    app.selectbox(key="model").set_value("mini").run()
    for page in ("pages/explore/attention.py", "pages/explore/playground.py", "pages/train/timeline.py"):
        app = app.switch_page(page).run()
        box = app.selectbox(key="model")
        assert box.value == "mini" and box.proto.set_value, page


ATTENTION, PLAYGROUND, TIMELINE = "pages/explore/attention.py", "pages/explore/playground.py", "pages/train/timeline.py"


def test_what_is_selected_is_one_for_all_pages() -> None:
    """Token, head, cell and switches travel, in links too; a page that does not show a part says so."""
    told = {"layer": 1, "head": 2, "mode": "max", "pin": 3, "norm": 1, "cell": ["dot", 5, 2], "switches": ["mask"]}
    app = tell(visit(ATTENTION, model="mini", prompt="ROMEO:"), "selection", view={**told, "n": 1})
    for page, ignores in ((PLAYGROUND, ["cell", "switches"]), (TIMELINE, ["cell", "switches"]), (ATTENTION, [])):
        app = app.switch_page(page).run()
        shown = json.loads(proto(app, "selection").json)
        assert {name: shown[name] for name in told} == told and shown["ignores"] == ignores, page
        link = json.loads(proto(app, "link").json)["link"]
        assert (link["cell"], link["off"]) == ("dot.5.2", "mask"), page
        assert (link["layer"], link["head"], link["mode"], link["token"], link["norm"]) == ("2", "3", "max", "4", "mlp")
        trained = shipped.inside("ROMEO:", "mini").pattern
        causal = unpack(proto(app, "heads").bytes)["causal"]
        assert causal == bool(ignores) and trained.shape[-1] == 6
    app = tell(app, "selection", view={"pin": None, "cell": None, "switches": [], "mode": "head", "n": 2})
    assert json.loads(proto(app, "selection").json)["n"] == 2
    assert not {"cell", "off", "mode", "token"} & set(json.loads(proto(app, "link").json)["link"])


def test_a_selection_goes_with_what_it_was_of() -> None:
    """A shorter text has no such token and no such pair; another model perhaps no such switch."""
    app = visit(ATTENTION, prompt="ROMEO:", token="6", cell="dot.5.2")  # noqa: S106 (a token of the prompt)
    app = type_in(app, "abc")
    shown = json.loads(proto(app, "selection").json)
    assert (shown["pin"], shown["cell"]) == (None, None)
    again = json.loads(proto(type_in(app, "ROMEO:", 2), "selection").json)
    assert (again["pin"], again["cell"]) == (None, None), "what was let go comes back by itself"


def test_the_list_of_runs_never_dies_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same within a moment, another one after it; and no cache has a time to live, which Streamlit may lose."""
    monkeypatch.setenv("NANOSCOPE_RUNS", str(tmp_path))
    now = 1_000.0
    monkeypatch.setattr("pages.ui.cache.time.monotonic", lambda: now)
    cache.forget_offered()
    before = cache.trained()
    go(tmp_path / "another")
    now += cache.FRESH / 2
    assert cache.trained() is before and not before
    now += cache.FRESH
    assert [run.name for run in cache.trained()] == ["another"]
    cache.forget_offered()
    for path in sorted((ROOT / "pages").rglob("*.py")):
        assert "ttl=" not in path.read_text(encoding="utf-8"), path
