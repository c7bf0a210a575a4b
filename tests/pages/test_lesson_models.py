"""Every lesson's model is in the picker and works on every page: without blocks, positions, norms, or the mask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gpt import bundled
from gpt.lessons import RUNGS, Rung, named, trained
from pages.ui import cache
from tests.support.visitor import clean, only_bundled, visit

PAGES = ("pages/explore/playground.py", "pages/explore/attention.py", "pages/train/timeline.py")
PROMPT = "ROMEO:\nBut soft, what light thro"
MODELS = [model.name for model in bundled.rungs()]


@pytest.fixture(scope="module", autouse=True)
def without_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only the models that come with the app."""
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def test_the_picker_lists_bundled_models_then_lessons() -> None:
    assert list(cache.offered()) == [model.name for model in (*bundled.bundled(), *bundled.rungs())]
    labels = [cache.offered()[name].label for name in cache.offered()]
    assert len(set(labels)) == len(labels) and "Lesson 5 · Many heads · 43 k" in labels


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", MODELS)
def test_every_page_shows_every_lesson_s_model(name: str, page: str) -> None:
    app = visit(page, model=name, prompt=PROMPT)
    inputs = app.session_state["inputs"]
    assert inputs.model == name and not inputs.notices
    early = cache.offered()[name].steps[1]
    again = visit(page, model=name, prompt=PROMPT, step=str(early))
    assert again.session_state["inputs"].step == early


@pytest.mark.parametrize("name", ["lesson-2", "lesson-5"])
def test_the_numbers_behind_the_pictures_open(name: str) -> None:
    for page in PAGES[:2]:
        app = visit(page, model=name, prompt=PROMPT)
        for title in ("The numbers behind the pictures", "How this model was trained"):
            app.session_state[title] = True
        clean(app.run())


def test_its_losses_reach_the_timeline() -> None:
    steps = cache.offered()["lesson-5"].steps
    told = {step: val for step, val, _ in cache.losses("lesson-5", steps[-1])}
    assert set(steps) <= set(told), "a kept step without a loss"
    assert told[steps[-1]] == pytest.approx(trained.loss("heads"), abs=2e-3)
    assert named("heads").number == 5


@pytest.mark.parametrize("rung", RUNGS, ids=lambda rung: rung.number)
def test_three_seeds_are_claimed_of_a_table_only_where_each_row_has_three(rung: Rung) -> None:
    """The Playground's model of lesson 10 was trained once, the rung before it three times."""
    app = visit("pages/learn/lessons.py", lesson=str(rung.number), open="1")
    table = next((one.value for one in app.markdown if one.value.startswith("| nats a character |")), "")
    rows = [line.split("|")[2] for line in table.splitlines()[2:] if "Published" not in line]
    assert bool(rows) == bool(rung.model)
    assert ("trained with three seeds" in table) == bool(rows and all(row.count(" · ") == 2 for row in rows))
