// A way to another page. A click goes where the platform's own link does, which keeps the session; another tab begins
// anew, with what stands in the address.

import { el } from "./dom.js";

const LINKS = ".st-key-pages a"; // the platform's, out of sight

/**
 * @param {string} path of the page
 * @param {string} text
 * @param {() => void} [gone] what else a click does
 */
export function pageLink(path, text, gone = () => {}) {
  const link = el("a", { href: "./" + path, text });
  link.onpointerdown = () => link.setAttribute("href", "./" + path + location.search);
  link.onclick = (event) => {
    const own = [...document.querySelectorAll(LINKS)].find((one) => leads(one, path));
    if (!own || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    gone();
    if (link.getAttribute("aria-current") !== "page") /** @type {HTMLElement} */ (own).click();
  };
  return link;
}

/**
 * Whether a link, as the platform writes it, leads to a page.
 * @param {Element} link
 * @param {string} path "" of the first page
 */
const leads = (link, path) => link.getAttribute("href")?.split("/").pop() === path;
