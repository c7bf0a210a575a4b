"""The whole model in a browser: two hundred of its numbers recomputed, the story by keyboard, blocks, links, speed."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable
from statistics import median
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, expect

from gpt import bundled
from gpt.analysis.norms import norms
from gpt.bench import pointing
from gpt.checkpoint import Checkpoint
from gpt.trace import Trace, trace
from tests.browser.driver import LOOKS, ROOTS, Driver
from tests.browser.test_access import STICKING_OUT, serious
from tests.browser.test_readouts import opened

Visit = Callable[..., Driver]
TEXT = "JULIET:\nO Romeo, Romeo! wherefore art thou Romeo"
MOVE = f"""([x, y]) => {{
  const root = {ROOTS}.find((root) => root.querySelector("canvas[role=application]"));
  const canvas = root.querySelector("canvas"), box = canvas.getBoundingClientRect();
  const at = {{ clientX: box.x + x * box.width, clientY: box.y + y * box.height, bubbles: true }};
  canvas.dispatchEvent(new PointerEvent("pointermove", at));
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
    done([canvas.dataset.part, root.querySelector(".readout").textContent]))));
}}"""


def canvas(page: Driver) -> Locator:
    """The picture."""
    return page.page.get_by_role("application", name=re.compile("^The model"))


def readout(page: Driver) -> Locator:
    """The line under it."""
    return page.page.locator("section[aria-label='The model'] p.readout")


def story(page: Driver) -> Locator:
    """The buttons of the story."""
    return page.page.get_by_role("group", name="The story")


def seen_parts(page: Driver) -> set[str]:
    """What a pointer finds on its way along a lane."""
    return {page.page.evaluate(MOVE, [x / 40, 0.5])[0] for x in range(1, 8)}


def expected(part: str, model: Checkpoint, here: Trace, ids: list[int], head: int, layer: int) -> list[float]:
    """The measured numbers of a part, in the order in which its sentence tells them; those of its name left out."""
    kind, at, lane, which = part.split(".")[0], *map(int, part.split(".")[1:])
    shares = here.logits.softmax(-1)
    if kind == "input":
        gpt = model.model
        token, place = gpt.token_embedding.weight[ids[lane]], gpt.positions(len(ids))
        parts = [token] if place is None else [token, place[lane]]
        return [float(one.norm()) for one in (*parts, sum(parts))]  # type: ignore[union-attr]
    if kind in ("attn", "mlp"):
        written = (here.attn_out if kind == "attn" else here.mlp_out)[at, lane].norm()
        stream = (here.resid_pre if kind == "attn" else here.resid_mid)[at, lane].norm()
        return [float(written), 100 * float(written / stream), float(stream)]
    if kind == "norm":
        return norms(model.model, here).stats[layer, which, 1::2, lane].tolist()
    if kind == "final":
        last = here.resid_post[-1, lane]
        return [float(one.std(correction=0)) for one in (last, model.model.norm_final(last))]
    if kind in ("arcs", "head"):
        row = here.pattern[at, head if kind == "arcs" else which, lane if kind == "arcs" else len(ids) - 1]
        return [100 * float(row.max())]
    if kind == "neurons":
        post = here.mlp_post[at, lane]
        return [float(x) for i in post.abs().topk(3).indices for x in (i + 1, post[i])]
    stream = here.resid_pre[at, lane] if at < len(here.resid_pre) else here.resid_post[-1, lane]
    guess = model.model.unembed_stream(stream).softmax(-1) if len(here.resid_pre) else shares[lane]
    truth = [100 * float(guess[ids[lane + 1]])] if lane + 1 < len(ids) else []
    return [100 * float(guess.max()), *truth]


def rounding(x: float, share: bool) -> float:
    """By how much a number is missed at most that is printed in two decimals, three digits or whole percents."""
    digit = 10 ** math.floor(math.log10(max(abs(x), 1e-3)))
    return max(0.0051, 0.0051 * digit, min(0.051 * digit, 0.51) if share else 0)


def measured(kind: str, said: str) -> list[float]:
    """The same numbers as the sentence tells them."""
    said = re.sub(r"“.*?” \(\d+\)|“.*?”", "", said).replace("> 99", "99.75").replace("< 0.01", "0").replace(",", "")
    number, share = r"(\d+(?:\.\d+)?)", r"(\d+(?:\.\d+)?) %"
    written = rf"length {number}|{share} of|stream's {number}"
    spread = rf"of {number} before|and {number} after"
    kinds = {"input": rf"length {number}|Together {number}", "attn": written, "mlp": written, "norm": spread}
    found = {**kinds, "final": spread, "neurons": rf"(\d+) at (-?{number[1:]}"}.get(kind, share)
    groups = [one if isinstance(one, tuple) else (one,) for one in re.findall(found, said.partition(" Its role")[0])]
    return [float(x) for group in groups for x in group if x]


@pytest.mark.parametrize(("name", "layer", "head"), [("shakespeare", 2, 1), ("lesson-13", 1, 2)])
def test_two_hundred_numbers_are_the_model_s(visit: Visit, name: str, layer: int, head: int) -> None:
    """Random places are pointed at; what the line says is recomputed; the server is asked nothing meanwhile."""
    page = visit(f"model={name}&prompt={quote(TEXT)}&layer={layer + 1}&head={head + 1}", page="model")
    model, _, ids = opened(name, TEXT[-32:] if name != "shakespeare" else TEXT)
    here, chance, checked, kinds = trace(model.model, ids), random.Random(7), 0, set[str]()
    page.page.wait_for_timeout(1_000)
    sent = len(page.sent)
    while checked < 200:
        part, said = page.page.evaluate(MOVE, [chance.random(), chance.random()])
        kind = part.split(".")[0]
        if kind in ("", "block", "token"):
            continue
        wanted, told = expected(part, model, here, ids, head, layer), measured(kind, said)
        assert len(wanted) == len(told), f"{part}: {said}"
        for one, other in zip(wanted, told, strict=True):
            share = kind in ("attn", "mlp", "arcs", "head", "guess")
            assert abs(one - other) <= rounding(one, share), f"{part}: {said} but {wanted}"
        checked, kinds = checked + len(told), kinds | {kind}
    assert {"input", "attn", "mlp", "norm", "arcs", "head", "neurons", "guess"} <= kinds
    assert len(page.sent) == sent
    took = pointing.move(page.page, 40)
    assert len(took.lit) > 20
    assert median(took.lit) < 2 * pointing.LIT and median(took.painted) < pointing.PAINTED, took  # a busy machine's


def test_the_story_is_told_by_keyboard_and_its_scene_by_the_link(visit: Visit) -> None:
    """From the first scene to the last; a block is opened, a part held and let go; a link restores all of it."""
    page = visit(f"prompt={quote(TEXT)}&layer=2", page="model")
    story(page).get_by_role("button", name="Tell the story").click()
    story(page).get_by_role("button", name="Pause").click()
    canvas(page).focus()
    titles = [readout(page).inner_text()]
    for i in range(2, 17):
        canvas(page).press("ArrowRight")
        expect(readout(page)).to_have_text(re.compile(rf"^{i} of 16 · "))
        titles.append(readout(page).inner_text())
    assert len({title.split(" · ")[1] for title in titles}) == 16
    canvas(page).press("ArrowLeft")
    page.wait_link({"scene": "15"})
    box = canvas(page).bounding_box()
    assert box is not None
    lit = int(canvas(page).get_attribute("data-lit") or 0)
    other = visit(page.page.url.partition("?")[2], page="model")
    expect(readout(other)).to_have_text(titles[14])
    assert int(canvas(other).get_attribute("data-lit") or 0) == lit
    story(other).get_by_role("button", name="Close").click()
    other.wait_link({"scene": None})
    place = other.page.evaluate(
        f"""() => {{ const root = {ROOTS}.find((root) => root.querySelector("canvas[role=application]"));
        return root.querySelector("section").dataset.open; }}"""
    )
    assert place == "1"
    other.page.mouse.move(0, 0)
    canvas(other).click(position={"x": box["width"] - 81, "y": 20})  # the sixth block, closed
    other.wait_link({"layer": "6"})
    way = other.page.get_by_role("navigation", name=re.compile("^The parts of the model"))
    way.get_by_role("link", name="attention").click()
    other.ready("[data-stages]")
    other.wait_link({"layer": "6", "prompt": TEXT})
    expect(way.get_by_role("link", name="attention")).to_have_attribute("aria-current", "page")


def test_one_dives_to_a_single_number_and_comes_back_up(visit: Visit) -> None:
    """Model, head, one number with its operands; a link opens it; each crumb leads back, Escape too."""
    page = visit(f"prompt={quote(TEXT)}&layer=3&head=6", page="model")
    canvas(page).focus()
    for part in ("input.-1", "guess.0", "attn.0", "mlp.0", "guess.1", "attn.1", "mlp.1", "guess.2", "norm.2", "arcs.2"):
        canvas(page).press("ArrowRight")
        expect(canvas(page)).to_have_attribute("data-part", re.compile(rf"^{re.escape(part)}\."))
    canvas(page).press("Enter")
    page.page.get_by_role("button", name="Look inside").click()
    page.page.wait_for_selector("[data-stages]")
    trail = page.page.get_by_role("navigation", name="The way back up")
    expect(trail.get_by_role("listitem")).to_have_count(2)
    page.page.locator("canvas[data-part=dot]").click(position={"x": 50, "y": 50})
    expect(trail.get_by_role("listitem")).to_have_count(3)
    total = page.page.locator("p.sum")
    expect(total).to_have_attribute("data-difference", re.compile(r"^\d"))
    assert float(total.get_attribute("data-difference") or 1) < 1e-5
    link = page.link()
    assert link["dive"] == "head" and link["cell"].startswith("dot.")
    other = visit(page.page.url.partition("?")[2], page="model")
    expect(other.page.locator("p.sum")).to_have_text(total.inner_text())
    assert serious(other) == [] and other.page.evaluate(STICKING_OUT) == []
    trail.get_by_role("button", name="Block 3, head 6").click()
    expect(page.page.locator("[data-stages]")).to_be_visible()
    trail.get_by_role("button", name="The model").press("Escape")
    expect(page.bars.first).to_be_visible()
    page.wait_link({"dive": None})


def test_every_model_and_rung_stands_there_and_its_strip_unfolds_the_lanes(visit: Visit) -> None:
    """One after the other by the picker; of a longer text the strip says what is in sight, and moves it."""
    page = visit(f"prompt={quote(TEXT * 2)}", page="model")
    strip = page.page.get_by_role("slider", name="Which tokens")
    for one in reversed(bundled.shelf()):
        page.page.get_by_role("combobox", name="Model").click()
        page.page.get_by_role("option", name=one.label, exact=True).click()
        page.wait_link({"model": None if one.name == "shakespeare" else one.name})
        page.settled()
        expect(readout(page)).not_to_be_empty()
        kinds = {part.split(".")[0] for part in seen_parts(page)}
        assert {"input", "guess"} <= kinds, one.name
        last = strip.get_attribute("aria-valuetext") or ""
        if strip.is_visible():
            strip.press("Home")
            expect(strip).to_have_attribute("aria-valuetext", re.compile(r"^tokens 1 to \d+ of"))
            strip.press("PageDown")
            strip.press("End")
            expect(strip).to_have_attribute("aria-valuetext", last)
    assert page.page.evaluate(STICKING_OUT) == []


def test_it_fits_and_axe_finds_nothing(visit: Visit) -> None:
    """A text beyond the context, one token, none, a bigram: nothing sticks out, and on a screen all is in sight."""
    page = visit(f"prompt={quote(TEXT * 3)}&token=100", page="model")
    expect(readout(page)).to_be_in_viewport(ratio=1)
    expect(page.knob("seed")).to_be_in_viewport(ratio=1)
    for look in (LOOKS[2], LOOKS[0]):
        page.dress(*look)
        assert serious(page) == [] and page.page.evaluate(STICKING_OUT) == [], look
    for text in ("a", ""):
        page.box.fill(text)
        page.rows(len(text))
        page.settled()
    for look in (LOOKS[0], LOOKS[2]):
        page.dress(*look)
        assert serious(page) == [], look
    page.open(f"model=lesson-2&prompt={quote(TEXT)}", page="model")
    for look in (LOOKS[2], LOOKS[0]):
        page.dress(*look)
        expect(canvas(page)).to_be_visible()
        assert page.page.evaluate(STICKING_OUT) == [], look
