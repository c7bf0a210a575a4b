// A way to another page. A click keeps the session; another tab begins anew, with what stands in the address.

import { el } from "./dom.js";

/**
 * @param {string} path of the page
 * @param {string} text
 * @param {() => void} [gone] what else a click does
 */
export function pageLink(path, text, gone = () => {}) {
  const link = el("a", { href: "./" + path, text });
  link.onpointerdown = () => link.setAttribute("href", "./" + path + location.search);
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    gone();
    if (link.getAttribute("aria-current") !== "page") visit(path);
  };
  return link;
}

/**
 * Have another page drawn in this session: as after the browser's Back, the platform draws the one in the address.
 * Links of its own would do the same, but it builds each of them, on every page, before a picture can be seen.
 * @param {string} path of the page, "" of the first
 */
function visit(path) {
  history.pushState({}, "", new URL("./" + path, document.baseURI));
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}
