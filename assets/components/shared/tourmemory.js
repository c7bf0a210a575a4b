// Whether the tour was taken or put away in this browser: the bar offers it, the tour keeps it. And how far it is in
// this tab, so that a reload, or another page in between, does not lose what it has to put back.

const KEY = "nanoscope-tour";
const HERE = "nanoscope-tour-under-way";

/**
 * @typedef {object} UnderWay
 * @property {number} at the stop
 * @property {string} link to what was there before
 */

/** @param {{ seen: boolean }} state */
export function keepTour(state) {
  try {
    localStorage.setItem(KEY, JSON.stringify(state));
  } catch {
    // A browser that keeps nothing.
  }
}

/** Whether the tour was put away in this browser. */
export function tourSeen() {
  try {
    return Boolean(JSON.parse(localStorage.getItem(KEY) ?? "null")?.seen);
  } catch {
    return false;
  }
}

/** @param {UnderWay | null} state null: it is over */
export function keepUnderWay(state) {
  try {
    if (state) sessionStorage.setItem(HERE, JSON.stringify({ ...state, since: performance.timeOrigin }));
    else sessionStorage.removeItem(HERE);
  } catch {
    // A browser that keeps nothing.
  }
}

/**
 * How far the tour is; null if there is none, or if another link was opened since.
 * @returns {UnderWay | null}
 */
export function underWay() {
  try {
    const { at, link, since } = JSON.parse(sessionStorage.getItem(HERE) ?? "null") ?? {};
    const [opened] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
    const same = since === performance.timeOrigin || opened?.type === "reload";
    return same && Number.isInteger(at) && at >= 0 && typeof link === "string" ? { at, link } : null;
  } catch {
    return null;
  }
}
