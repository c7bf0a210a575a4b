// What panels share. They stand in one page, so what is hovered and pinned travels between them as events on window.

/** @typedef {import("./attention.js").Attention} Attention */
/** @typedef {import("../panels/stages.js").Payload} Stages */
/** @typedef {import("./pipeline.js").Stages} Pipeline */
/** @typedef {import("./pipeline.js").Settings} Sampling */
/** @typedef {[part: import("./stages.js").Part, row: number, column: number]} Cell a number of the head, from 0 */
/**
 * Where one looks. Tokens, layers and heads count from 0; null: nowhere.
 * @typedef {object} View
 * @property {number} layer
 * @property {number} head
 * @property {import("./attention.js").Mode} mode
 * @property {number | null} pin the token that a click holds
 * @property {number} norm which of a block's norms is shown
 * @property {Cell | null} cell the number whose sum is worked out; null: none is chosen
 * @property {string[]} switches that are turned, the last one at the end
 * @property {number | null} hover the token under the pointer, or with the keyboard's focus
 * @property {number | null} key the token that it looks at, where the pointer shows a pair
 */
/**
 * The events and what comes with them.
 * @typedef {object} Events
 * @property {View & { token: number | null }} hover another token, or pair, is under the pointer
 * @property {View & { token: number | null }} pin another token, layer, head, mode, cell or switch is selected
 * @property {object} attention bus.attention is new
 * @property {object} stages bus.stages is new
 * @property {object} typing a key was pressed in the prompt
 * @property {object} projector bus.projector is another
 * @property {object} address the link is asked for: it must be in the address now
 * @property {object} tour the tour is asked for
 * @property {object} halt whatever is under way by itself ends
 * @property {{ kept: number, V: number, temperature: number, bits: number }} choices how many of V tokens may be drawn
 *   next, and how uncertain, in bits, what is shown is
 * @property {object} pipeline bus.pipeline is new
 * @property {{ of: string, i: number }} part a point was opened: look at this one of the parts of this kind
 * @property {{ seed: number }} seed another seed is chosen, by another panel than the knobs'
 */
/** @typedef {{ [N in keyof Events]?: (detail: Events[N]) => void }} Handlers */

/**
 * @typedef {object} Bus
 * @property {Attention | null} attention
 * @property {Stages | null} stages
 * @property {View} view
 * @property {((id: number) => void) | null} write writes a token of one's choice; null: this page does not write
 * @property {{ stages: Pipeline, settings: Sampling } | null} pipeline from logits to what may be drawn
 * @property {boolean | null} projector whether everything is large, for the back row; null: nobody has said yet
 */

const page = /** @type {{ nanoscope?: Bus }} */ (globalThis);

/** In the page, where tests and the curious find it. */
export const bus = (page.nanoscope ??= {
  attention: null,
  stages: null,
  view: { layer: 0, head: 0, mode: "head", pin: null, norm: 0, cell: null, switches: [], hover: null, key: null },
  write: null,
  pipeline: null,
  projector: null,
});

/**
 * @template {keyof Events} N
 * @param {N} name
 * @param {Events[N]} detail
 */
export function tell(name, detail) {
  window.dispatchEvent(new CustomEvent("nanoscope:" + name, { detail }));
}

/**
 * Hear events, until what it returns is called.
 * @param {Handlers} handlers
 * @returns {() => void}
 */
export function listen(handlers) {
  const heard = Object.entries(handlers).map(([name, handler]) => {
    const hear = (/** @type {Event} */ event) => handler(/** @type {CustomEvent} */ (event).detail);
    window.addEventListener("nanoscope:" + name, hear);
    return () => window.removeEventListener("nanoscope:" + name, hear);
  });
  return () => heard.forEach((stop) => stop());
}

/**
 * Where one looks in a text of T tokens: the hovered token, else the pinned one, else the last.
 * @param {number} T
 */
export const looking = (T) => Math.min(bus.view.hover ?? bus.view.pin ?? T - 1, T - 1);

/**
 * The other token of the pair under the pointer; null if there is none. A text that became shorter, or another model's,
 * no longer has the token that the pointer was on.
 * @param {number} T
 */
export const pointedKey = (T) => (bus.view.key !== null && bus.view.key < T ? bus.view.key : null);

/**
 * The weights of a text of T tokens; null of a model without attention, and while the bus still holds those of another
 * text, or of another model, which may lack the layer and head that is chosen in this one.
 * @param {number} T
 */
export function attentionOf(T) {
  const { attention, view } = bus;
  const there = attention && T && attention.T === T && view.layer < attention.L && view.head < attention.H;
  return there ? attention : null;
}

/** @param {Partial<View>} changes */
export function move(changes) {
  Object.assign(bus.view, changes);
  tell("pin", { ...bus.view, token: bus.view.pin });
}

/**
 * A click on a token pins it, a second one lets it go.
 * @param {number} token
 */
export const pin = (token) => move({ pin: bus.view.pin === token ? null : token });

/**
 * @param {number | null} token
 * @param {number | null} [key]
 */
export function hover(token, key = null) {
  if (bus.view.hover === token && bus.view.key === key) return;
  Object.assign(bus.view, { hover: token, key });
  tell("hover", { ...bus.view, token });
}
