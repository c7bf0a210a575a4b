// What only one page lets choose, told in the words of its link; and looking again at what is found meanwhile.

/** @typedef {import("./panel.js").Panel<any>} Telling */

const TOGETHER = 1_000; // milliseconds in which one choice does not overtake another: they are told together
const AGAIN = 3_000; // milliseconds between two looks

/** @type {Record<string, string>} */
let told = {};
let at = -TOGETHER;
/** @type {ReturnType<typeof setInterval> | null} */
let timer = null;
let looks = 0;

/**
 * @param {Telling} panel
 * @param {Record<string, string>} words
 */
export function choose(panel, words) {
  const now = performance.now();
  told = now - at < TOGETHER ? { ...told, ...words } : words;
  at = now;
  panel.send("choice", told);
}

/**
 * As long as only a share of something is done, ask for it now and then; not while the page is out of sight.
 * @param {Telling} panel
 * @param {number} share
 */
export function followShare(panel, share) {
  if (timer) clearInterval(timer);
  timer = null;
  if (share >= 1) return;
  timer = setInterval(() => {
    if (!panel.silence && timer) {
      clearInterval(timer);
      timer = null;
    } else if (!document.hidden) choose(panel, { look: String(++looks) });
  }, AGAIN);
}
