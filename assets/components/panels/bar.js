// The bar of every page: all pages as links, as far as they fit; and what concerns a page as a whole: the tour, the
// projector, the link. On a phone all of it stands behind one button.

import { bus, tell } from "../shared/bus.js";
import { el } from "../shared/dom.js";
import { pageLink } from "../shared/pagelink.js";
import { Panel } from "../shared/panel.js";
import { keepTour, tourSeen } from "../shared/tourmemory.js";

/** @typedef {[title: string, path: string]} Page */
/**
 * @typedef {object} Payload
 * @property {[section: string, pages: Page[]][]} sections
 * @property {string} current the path of the page that is shown
 * @property {boolean} projector whether Python knows the page as large
 * @property {boolean} tour whether this page has one
 */

/** What is in sight: all pages; those of the section that one is in; the tools alone; one button. */
const ROOM = ["all", "section", "tools", "none"];
const SAID = 2_500; // milliseconds
const AGAIN = 500; // milliseconds from one look at the address to the next: Streamlit writes it, too, when it likes

/** @extends {Panel<Payload>} */
export default class Bar extends Panel {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root);
    this.links = el("nav", { "aria-label": "Pages" });
    this.list = el("nav", { "aria-label": "All pages" });
    this.drop = el("div", { class: "drop", id: "drop" }, this.list);
    const menu = {
      type: "button",
      class: "soft menu",
      "aria-controls": "drop",
      onclick: () => this.unfold(!this.open),
    };
    this.menu = el("button", { ...menu, text: "Pages" });
    const tool = (/** @type {string} */ text, /** @type {() => void} */ onclick, kind = "soft") =>
      el("button", { type: "button", class: kind, text, onclick });
    this.tour = tool("Tour", () => this.begin());
    this.later = tool("Not now", () => this.offer(false));
    this.large = tool("Projector", () => this.enlarge());
    this.copy = tool("Copy link", () => this.copyLink(), "soft copy");
    this.said = el("span", { class: "aloud", role: "status" });
    this.tools = el("div", { class: "tools" }, this.tour, this.later, this.large, this.copy, this.said);
    this.bar = el("div", { class: "bar" }, this.links, this.menu, this.drop, this.tools);
    root.append(this.bar);
    this.open = false;
    this.key = ""; // of the pages that are listed
    this.timer = setInterval(() => this.mark(), AGAIN);
    this.bar.onkeydown = (event) => {
      if (event.key !== "Escape" || !this.open) return;
      this.unfold(false);
      this.menu.focus();
    };
    this.bar.addEventListener("focusout", (event) => {
      const to = /** @type {Node | null} */ (event.relatedTarget);
      if (to && !this.bar.contains(to)) this.unfold(false);
    });
    this.outside = (/** @type {Event} */ event) => event.composedPath().includes(this.bar) || this.unfold(false);
    window.addEventListener("pointerdown", this.outside);
  }

  frame() {
    return this.bar;
  }

  leave() {
    window.removeEventListener("pointerdown", this.outside);
    clearInterval(this.timer);
  }

  update() {
    const { sections, current, tour, projector } = this.data;
    const key = JSON.stringify([sections, current]);
    if (this.key !== key) {
      this.key = key;
      this.links.replaceChildren(this.listed(false));
      this.list.replaceChildren(this.listed(true));
      this.unfold(false);
    }
    bus.projector ??= projector; // a link's word is asked once, then the button's counts
    this.size();
    this.tour.hidden = !tour;
    this.offer(tour && !tourSeen(), false);
  }

  draw() {
    this.large.setAttribute("aria-pressed", String(Boolean(bus.projector)));
    for (const room of ROOM) {
      this.bar.dataset.room = room;
      const place = room === "none" ? this.drop : this.bar;
      if (this.tools.parentNode !== place) place.append(this.tools);
      if (this.bar.scrollWidth <= this.bar.clientWidth) break;
    }
  }

  /**
   * The pages, section by section.
   * @param {boolean} named whether the sections' names are seen
   */
  listed(named) {
    const { sections, current } = this.data;
    return el(
      "ul",
      {},
      ...sections.map(([name, pages]) => {
        const here = pages.some(([, path]) => path === current);
        const links = pages.map((page) => el("li", {}, this.link(page)));
        const title = named ? [el("span", { class: "name", text: name, "aria-hidden": "true" })] : [];
        const inner = el("ul", { "aria-label": name }, ...links);
        return el("li", { class: here ? "section here" : "section" }, ...title, inner);
      }),
    );
  }

  /** @param {Page} page */
  link([title, path]) {
    const link = pageLink(path, title, () => this.unfold(false));
    if (path === this.data.current) link.setAttribute("aria-current", "page");
    return link;
  }

  /** @param {boolean} open the list of all pages */
  unfold(open) {
    this.open = open;
    this.bar.classList.toggle("open", open);
    this.menu.setAttribute("aria-expanded", String(open));
  }

  begin() {
    if (this.open) this.menu.focus(); // the tour gives the focus back to what has it now
    this.unfold(false);
    this.offer(false);
    tell("tour", {});
  }

  /**
   * Offer the tour to whoever is here for the first time, or no longer.
   * @param {boolean} offered
   * @param {boolean} [kept] whether this browser keeps it
   */
  offer(offered, kept = true) {
    if (kept) keepTour({ seen: !offered });
    this.later.hidden = !offered;
    this.tour.textContent = offered ? "Take the tour" : "Tour";
    this.tour.classList.toggle("main", offered);
    this.drawSoon();
  }

  /** Everything larger, for the back row, or as it was. */
  enlarge() {
    bus.projector = !bus.projector;
    this.size();
    this.send("projector", bus.projector);
  }

  size() {
    document.documentElement.classList.toggle("projector", Boolean(bus.projector));
    tell("projector", {});
    window.dispatchEvent(new Event("resize"));
  }

  /** The address says it, on pages too that write nothing else into it. */
  mark() {
    const url = new URL(location.href);
    if (Boolean(bus.projector) === (url.searchParams.get("present") === "1")) return;
    if (bus.projector) url.searchParams.set("present", "1");
    else url.searchParams.delete("present");
    history.replaceState(history.state, "", url.href);
  }

  async copyLink() {
    tell("address", {}); // whatever waits to be written into it
    this.mark();
    let said = "Copied";
    try {
      await navigator.clipboard.writeText(location.href);
      this.said.textContent = "Link copied";
    } catch {
      said = "See above"; // in the browser's address bar
      this.said.textContent = "Copy it from the address bar";
    }
    this.copy.textContent = said;
    setTimeout(() => {
      this.copy.textContent = "Copy link";
      this.said.textContent = "";
    }, SAID);
  }
}
