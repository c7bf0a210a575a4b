// How a page gets the panels' code. It comes once, in a message of its own: the browser keeps it and says so with every
// request, so Streamlit does not send it again. What is mounted at each key carries only the hash of the code it wants.

/** @typedef {(name: string, given: any) => () => void} Show */
/** @typedef {{ show: Show | null, come: Promise<Show>, put: (show: Show) => void }} Slot */

const page = /** @type {{ nanoscopeCode?: Map<string, Slot> }} */ (globalThis);
/** The code by its hash: each message is a module of its own, so they meet in the page. */
const slots = (page.nanoscopeCode ??= new Map());

/**
 * @param {string} hash
 * @returns {Slot}
 */
function slotOf(hash) {
  const known = slots.get(hash);
  if (known) return known;
  /** @type {(show: Show) => void} */
  let put = () => {};
  /** @type {Slot} */
  const slot = { show: null, come: new Promise((resolve) => (put = resolve)), put };
  slot.put = (show) => {
    slot.show = show;
    put(show);
  };
  slots.set(hash, slot);
  return slot;
}

/**
 * The code is here. A page that holds another version was open while the server was started anew: it begins again.
 * @param {string} hash
 * @param {Show} show
 */
export function deliver(hash, show) {
  if ([...slots].some(([other, slot]) => other !== hash && slot.show)) location.reload();
  else slotOf(hash).put(show);
}

/**
 * Show a component with the code of this hash, at once or as soon as it is here.
 * @param {string} hash
 * @param {string} name
 * @param {any} given what Streamlit hands to it
 * @returns {(() => void) | Promise<() => void>} to be called when the element goes
 */
export function showWith(hash, name, given) {
  const { show, come } = slotOf(hash);
  return show ? show(name, given) : come.then((late) => late(name, given));
}
