"""What the panels beside the large ones print, read in a browser and compared with the engine, number by number.

Another token than the first or last is pinned, another head than the first is chosen: whoever always reads token 0 or
key 0 is found out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, expect

from gpt.analysis import attribution
from gpt.analysis.embeddings import in_words, maps
from gpt.analysis.norms import norms
from gpt.bundled import shelf
from gpt.checkpoint import Checkpoint, load
from gpt.trace import Trace, trace
from tests.browser.driver import Driver, numbers
from tests.browser.test_attention import point, readout

Visit = Callable[..., Driver]
LINES = "Lines from token to token"

ATTENTION = [
    # model, prompt, layer, head, pinned token, key that is pointed at: all counted from 0
    ("shakespeare", "ROMEO: O my love", 2, 5, 9, 7),
    ("copy", "gacbdeh|gac", 1, 0, 8, 3),
]
PLAYGROUND = [("mini", "\nROMEO:\nO", 1, 2, 4), ("lesson-14", "But soft!", 1, 1, 3)]  # the second has biases


def opened(name: str, text: str) -> tuple[Checkpoint, Trace, list[int]]:
    """A model that comes along, and our own pass over the text."""
    model = load(next(one for one in shelf() if one.name == name).last)
    ids = model.tokenizer.encode(text)
    return model, trace(model.model, ids), ids


def card(page: Driver, title: str) -> Locator:
    """A panel by the beginning of its heading."""
    heading = page.page.get_by_role("heading", name=re.compile("^" + re.escape(title)))
    return page.page.locator("section.card").filter(has=heading)


def said(page: Driver, title: str, part: str = "p.readout") -> str:
    """What a part of a panel says."""
    return card(page, title).locator(part).first.inner_text()


def link(name: str, text: str, layer: int, head: int, pin: int) -> str:
    """The link of a view."""
    return f"model={name}&prompt={quote(text)}&layer={layer + 1}&head={head + 1}&token={pin + 1}"


def tenth(share: float) -> float:
    """A share as it is printed."""
    return pytest.approx(100 * share, abs=0.0501)  # type: ignore[return-value]


def attention_panels(page: Driver, view: tuple[str, str, int, int, int, int]) -> None:
    """Stages, q x k, lines, strongest keys, what flows."""
    name, text, layer, head, pin, key = view
    model, seen, _ = opened(name, text)
    page.open(link(name, text, layer, head, pin), "attention")
    flow_of_the_pin(page, model, seen, (layer, head, pin))
    row = seen.pattern[layer, head, pin]
    keys = card(page, "Strongest").locator("li[data-key]")
    order = row.argsort(descending=True).tolist()
    assert int(keys.first.get_attribute("data-key") or -1) == order[0]
    assert numbers(keys.first.locator(".share").inner_text())[0] == tenth(float(row[order[0]]))
    best = int(seen.pattern[layer, :, pin].amax(-1).argmax())
    assert f"Layer {layer + 1}, head {head + 1}." in said(page, LINES, "p.note"), "the chosen head's lines alone"
    card(page, LINES).get_by_role("button", name="All heads").click()
    lines = said(page, LINES, "p.note")
    assert f"the strongest is head {best + 1}: " in lines
    assert numbers(lines.rpartition(": ")[2])[0] == tenth(float(seen.pattern[layer, best, pin].max()))
    row_of = pin + 1 if pin + 1 < len(text) else pin  # a cell of another row than the pinned one
    point(page, "scaled", row_of, key)
    assert numbers(readout(page).rpartition(":")[2])[0] == pytest.approx(
        float(seen.scores[layer, head, row_of, key]), abs=6e-5
    )
    product = seen.q[layer, head, row_of] * seen.k[layer, head, key]  # (D,)
    note = said(page, "q × k", "p.note")
    largest = int(product.abs().argmax())
    assert f"({row_of + 1}) asks" in note and f"({key + 1}) offers" in note
    assert numbers(note.partition("add up to")[2]) == [
        pytest.approx(float(product.sum()), abs=6e-4),
        pytest.approx(float(product[largest]), abs=6e-4),
        largest + 1,
    ]


def flow_of_the_pin(page: Driver, model: Checkpoint, seen: Trace, place: tuple[int, int, int]) -> None:
    """Every head's effect, and the four measures of the key under the pointer."""
    layer, head, pin = place
    effects = attribution.direct_effect(model.model, seen, pin)  # (L, H)
    buttons = card(page, "What flows").get_by_role("button")
    labels = [label for label in buttons.evaluate_all("(all) => all.map((b) => b.getAttribute('aria-label'))") if label]
    told = [numbers(label.rpartition(":")[2])[0] for label in labels if label.startswith("layer")]
    assert told == pytest.approx(effects.ravel().tolist(), abs=6e-4)
    rows = [
        100 * seen.pattern[layer, head, pin],
        100 * attribution.layer_weighted(seen, model.model, layer)[head, pin],
        100 * attribution.rollout(seen, model.model)[layer, pin],
        attribution.token_effect(model.model, seen, layer, head, pin),
    ]
    key = max(1, pin - 2)
    point(page, "pattern", pin, key)
    said_of_key = said(page, "What flows").partition(": ")[2]
    wanted = [float(values[key]) for values in rows]
    found = numbers(said_of_key)
    assert found[:3] == [pytest.approx(x, abs=0.0501) for x in wanted[:3]] and found[3] == pytest.approx(
        wanted[3], abs=6e-4
    )
    sizes = {str(i): values[: pin + 1].abs() for i, values in enumerate(rows)}
    ranks = [numbers(li)[-1] for li in card(page, "What flows").locator("ul.ranks li").all_inner_texts()]
    assert ranks == pytest.approx(list(attribution.agreement(sizes).values()), abs=6e-3)


def playground_panels(page: Driver, view: tuple[str, str, int, int, int]) -> None:
    """The strip's sentence, vectors, norms and the map."""
    name, text, layer, head, pin = view
    model, seen, ids = opened(name, text)
    page.open(link(name, text, layer, head, pin))
    row = seen.pattern[layer, head, pin]
    strip = page.page.locator("p.note", has_text="looks back").inner_text()
    assert f"position {pin + 1}" in strip and tenth(float(row.max())) == numbers(strip.partition(": ")[2])[0]
    found = norms(model.model, seen)
    told = numbers(said(page, "Layer norm").rpartition(": ")[2])
    assert told == pytest.approx(found.stats[layer, 0, :, pin].tolist(), abs=6e-3)
    shifted = "learned shift" in said(page, "Layer norm", "p.note")
    assert shifted == bool(found.shift.numel()) == model.config.bias
    table = model.model.token_embedding.weight[ids[pin]]
    place = model.model.positions(len(ids))
    label = card(page, "Input vector").locator("canvas").get_attribute("aria-label") or ""
    own, at, total = (numbers(part.partition("starts with")[2]) for part in label.split(";"))
    assert place is not None
    for read, true in ((own, table), (at, place[pin]), (total, table + place[pin])):
        assert read == pytest.approx(true[:3].tolist(), abs=6e-4)
    drawn = maps([model.model])[0]
    axes, near = in_words(drawn)
    assert axes in said(page, "Map", "p.note") and near in said(page, "Map")
    point_at_the_map(page, model, drawn.points.tolist(), drawn.neighbours)


def point_at_the_map(page: Driver, model: Checkpoint, points: list, neighbours: tuple) -> None:
    """The token that lies alone most: its nearest in all dimensions are read out."""
    canvas = card(page, "Map").locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    low = [min(p[i] for p in points) for i in (0, 1)]
    high = [max(p[i] for p in points) for i in (0, 1)]
    alone = max(range(len(points)), key=lambda i: sorted(abs(complex(*points[i]) - complex(*p)) for p in points)[1])
    share = [(points[alone][i] - low[i]) / (high[i] - low[i]) for i in (0, 1)]
    pad, high_of = 14, 210
    x = pad + share[0] * (box["width"] - 2 * pad)
    canvas.hover(position={"x": x, "y": high_of - pad - share[1] * (high_of - 2 * pad)})
    expect(card(page, "Map").locator("p.readout")).to_contain_text("is most like")
    told = numbers(" ".join(re.findall(r"\((-?[\d.]+)\)", said(page, "Map"))))
    assert told == pytest.approx([cosine for _, cosine in neighbours[alone]], abs=6e-3)


def test_the_panels_beside_print_the_engine_s_numbers(visit: Visit) -> None:
    """Four views, one after the other, in one browser."""
    page = visit()
    for beside in ATTENTION:
        attention_panels(page, beside)
    for below in PLAYGROUND:
        playground_panels(page, below)
