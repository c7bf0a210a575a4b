// Put in front of every component: unpacking, drawing helpers, and the page-wide bus.
// Components are not iframes, so what is hovered and pinned travels between them as events on window.
const bus = (window.nanoscope ??= { attention: null, view: { layer: 0, head: 0, mode: "head", pin: null, hover: null } });
const tell = (name, detail = {}) => window.dispatchEvent(new CustomEvent("nanoscope:" + name, { detail }));

// One listener a name and component: the default export runs again on each update, so the old one goes first.
function listen(root, handlers) {
  root.heard?.forEach(([name, handler]) => window.removeEventListener("nanoscope:" + name, handler));
  const heard = (root.heard = Object.entries(handlers).map(([name, handler]) => [name, (event) => handler(event.detail)]));
  heard.forEach(([name, handler]) => window.addEventListener("nanoscope:" + name, handler));
  // Streamlit may clean up after an update that was overtaken: that must not silence the newer one.
  return () => heard.forEach(([name, handler]) => window.removeEventListener("nanoscope:" + name, handler));
}

// [u32 length][JSON header, padded to 4][arrays]: header.arrays lists name, type and length of each.
function unpack(bytes) {
  const copy = bytes.slice();
  const size = new DataView(copy.buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(copy.subarray(4, 4 + size)));
  const types = { u16: Uint16Array, i16: Int16Array, f32: Float32Array };
  let at = 4 + size;
  for (const [name, type, length] of head.arrays) {
    head[name] = new types[type](copy.buffer, at, length);
    at += Math.ceil((length * types[type].BYTES_PER_ELEMENT) / 4) * 4;
  }
  return head;
}

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node[name] = value;
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// What a token looks like: blanks get a visible glyph and a name to be read aloud.
const GLYPHS = { " ": ["·", "space"], "\n": ["⏎", "newline"], "\t": ["⇥", "tab"], "\r": ["␍", "return"] };
const isHidden = (c) => /[\p{C}\p{Z}]/u.test(c);
const code = (c) => "U+" + c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
const glyph = (token) => [...token].map((c) => GLYPHS[c]?.[0] ?? (isHidden(c) ? code(c) : c)).join("");
const spoken = (token) => (token.length === 1 && (GLYPHS[token]?.[1] ?? (isHidden(token) ? code(token) : token))) || token;
const percent = (share) => (share >= 0.0995 || share === 0 ? Math.round(share * 100) : +(share * 100).toPrecision(2)) + " %";

const css = (root, name) => getComputedStyle(root.host ?? root).getPropertyValue(name).trim();
function rgb(colour) {
  const hex = /^#(..)(..)(..)/.exec(colour);
  return hex ? hex.slice(1).map((part) => parseInt(part, 16)) : (colour.match(/[\d.]+/g) ?? [128, 128, 128]).slice(0, 3).map(Number);
}
const mix = (a, b, share) => a.map((value, i) => Math.round(value + (b[i] - value) * share));
const paint = (colour) => `rgb(${colour.join(",")})`;
// Attention weights: one hue, from the background up. The root lifts small weights into sight; the legend shows it.
const lift = (weight) => Math.pow(weight, 0.6);
const ink = (root) => ({ back: rgb(css(root, "--st-secondary-background-color")), main: rgb(css(root, "--st-primary-color")),
  text: css(root, "--st-text-color"), line: css(root, "--st-border-color") });

// A canvas as sharp as the screen; returns its context, in CSS pixels.
function sharp(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = width + "px";
  canvas.style.height = height + "px";
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

// Redraw when the room changes; one observer a component.
function onResize(root, node, draw) {
  root.redraw = draw;
  if (!root.watcher) {
    let width = 0;
    root.watcher = new ResizeObserver(() => {
      if (Math.abs(node.clientWidth - width) > 1) { width = node.clientWidth; root.redraw(); }
    });
  }
  root.watcher.observe(node); // again each time: the clean-up of an overtaken update may have let go of it
}

// Draw once in the next frame, however many panels ask for it; or now, and then not again.
const soon = (root) => { root.due ??= requestAnimationFrame(() => { root.due = null; root.draw(); }); };
const now = (root) => { if (root.due) cancelAnimationFrame(root.due); root.due = null; root.draw(); };

// The card every panel is: title, one sentence, one picture. Built once, kept over updates.
function card(root, title) {
  if (!root.card) {
    root.note = el("p", { class: "note", "aria-live": "off" });
    root.title = el("h3", {});
    root.body = el("div", { class: "body" });
    root.card = el("section", { class: "card" }, root.title, root.note, root.body);
    root.append(root.card);
  }
  root.title.textContent = title;
  root.card.setAttribute("aria-label", title);
  return root;
}
const say = (root, text) => { if (root.note.textContent !== text) root.note.textContent = text; };

// Where one looks: the hovered token, else the pinned one, else the last.
const looking = (T) => Math.min(bus.view.hover ?? bus.view.pin ?? T - 1, T - 1);
const move = (changes) => { Object.assign(bus.view, changes); tell("pin", { ...bus.view, token: bus.view.pin }); };
const hover = (token, key = null) => {
  if (bus.view.hover === token && bus.view.key === key) return;
  Object.assign(bus.view, { hover: token, key });
  tell("hover", { ...bus.view, token });
};
// One row of weights (T,) for the chosen head, or the mean or the largest of its layer's heads.
function attentionRow(a, view, query) {
  const row = new Float64Array(a.T);
  const heads = view.mode === "head" ? [view.head] : [...Array(a.H).keys()];
  for (let key = 0; key < a.T; key++) {
    const weights = heads.map((head) => a.weight(view.layer, head, query, key));
    row[key] = view.mode === "max" ? Math.max(...weights) : weights.reduce((sum, w) => sum + w, 0) / weights.length;
  }
  return row;
}
const headName = (view) => `layer ${view.layer + 1}, ` + { head: `head ${view.head + 1}`, mean: "mean of its heads", max: "largest of its heads" }[view.mode];
