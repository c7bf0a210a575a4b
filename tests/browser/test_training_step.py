"""The film of a training step as a visitor uses it: scenes by keyboard, a weight by click, the link, a phone, axe."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.driver import Driver, numbers
from tests.browser.test_access import serious

Visit = Callable[..., Driver]
SCENES = 15


def test_the_film_is_played_and_a_weight_is_followed(visit: Visit) -> None:
    page = visit(page="training_step")
    card = page.page.get_by_role("region", name="One training step")
    says, stage = card.get_by_role("status").first, card.locator(".stage")
    assert (stage.bounding_box() or {"y": 999})["y"] < 260
    before = card.bounding_box()
    still = "figures => figures.every((one) => getComputedStyle(one).animationName === 'none')"
    assert stage.locator("figure").evaluate_all(still), "whoever wants no motion gets cuts"
    expect(card.locator(".readout")).to_contain_text("the followed weight, value weights, row 4, column 4: old -0.3385")
    stage.focus()
    for scene in range(2, SCENES + 1):
        page.page.keyboard.press("ArrowRight")
        expect(card).to_have_attribute("data-scene", str(scene))
        expect(says).to_contain_text(f"{scene} of {SCENES} · ")
        assert card.bounding_box() == before, "no scene moves what stands below"
    assert serious(page) == []
    told = numbers((says.text_content() or "").partition("mean loss")[2])
    for _ in range(2):
        page.page.keyboard.press("ArrowLeft")
    expect(says).to_contain_text("13 of 15 · Back to the tables")
    page.wait_link({"film-scene": "13"})
    # A weight by its map: the arrow keys find it, Enter follows it; then another by a click.
    query = card.locator("figure[data-name=query] canvas").first
    query.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowDown"):
        page.page.keyboard.press(key)
    expect(card.locator(".readout")).to_contain_text("query · query weights: row 3, column 2: ")
    expect(card.locator(".readout")).to_contain_text("more of it would")
    page.page.keyboard.press("Enter")
    page.wait_link({"film-weight": "query.3.2"})
    box = query.bounding_box() or {"x": 0, "y": 0, "width": 0, "height": 0}
    query.click(position={"x": box["width"] * 5.5 / 6, "y": box["height"] / 12})
    page.wait_link({"film-weight": "query.1.6"})
    worked = page.page.get_by_role("region", name="What the step makes of it")
    expect(worked).to_contain_text("query weights, row 1, column 6")
    difference = worked.locator(".sum").get_attribute("data-difference")
    assert float(difference or 1) < 1e-7
    card.get_by_role("button", name="Muon").click()
    page.wait_link({"film-by": "muon"})
    expect(worked).to_contain_text("made orthogonal")
    card.get_by_label("Learning rate").select_option("0.1")
    card.get_by_label("Step", exact=True).fill("9")
    link = page.wait_link({"film-rate": "0.1", "film-step": "9", "film-scene": "13", "film-weight": "query.1.6"})
    expect(worked).to_contain_text("Muon, step 9")
    assert told[0] > told[1]

    query_string = "&".join(f"{name}={value}" for name, value in link.items() if name.startswith("film"))
    phone = visit(query_string, page="training_step", width=390, height=844, dark=True)
    small = phone.page.get_by_role("region", name="One training step")
    expect(small).to_have_attribute("data-scene", "13")
    expect(small).to_have_attribute("data-weight", "query.1.6")
    expect(small.get_by_role("button", name="Muon")).to_have_attribute("aria-pressed", "true")
    expect(small.get_by_label("Step", exact=True)).to_have_value("9")
    assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious(phone) == []
    height = (small.bounding_box() or {"height": 0})["height"]
    for scene in (5, 11, 1, 13):
        small.get_by_role("button", name=f"Scene {scene}:").click()
        expect(small).to_have_attribute("data-scene", str(scene))
        assert (small.bounding_box() or {"height": 0})["height"] == height
    small.get_by_role("button", name="Play", exact=True).click()
    expect(small.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    expect(small).to_have_attribute("data-scene", "14", timeout=9_000)
    small.get_by_role("button", name="Pause", exact=True).click()
    small.get_by_role("button", name="Replay the steps").click()
    phone.wait_link({"film-step": "11"})
