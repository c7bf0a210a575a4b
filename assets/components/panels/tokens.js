// The strip of tokens: hover or focus one, and the others shade by the attention it pays. Click pins, Escape lets go.
// This component alone tells Python where one looks (layer, head, mode, pin), whoever on the page changed it.
export default function ({ parentElement: root, data, setStateValue }) {
  card(root, "Tokens");
  const d = (root.data = unpack(data));
  if (!root.strip) {
    root.modes = el("div", { class: "row modes", role: "group", "aria-label": "Which attention shades the tokens" });
    root.strip = el("div", { class: "strip mono", role: "group", "aria-label": "Tokens: arrow keys move, Enter pins, Escape lets go" });
    root.body.append(root.strip, root.modes);
    // There is no onfocusin property, so these two are added once.
    root.strip.addEventListener("focusin", (event) => root.focused(event));
    root.strip.addEventListener("focusout", () => root.unfocused());
  }
  if (root.rev !== d.rev) { // Python chose: a restored link, another model
    root.rev = d.rev;
    root.sent = JSON.stringify([d.layer, d.head, d.mode, d.pin]);
    move({ layer: d.layer, head: d.head, mode: d.mode, pin: d.pin, hover: null });
  }
  const T = d.tokens.length;
  if (bus.view.pin !== null && bus.view.pin >= T) { // the text became shorter: its pin goes with the token
    bus.view.pin = null;
    root.sent = JSON.stringify([bus.view.layer, bus.view.head, bus.view.mode, null]);
  }
  const pin = (token) => move({ pin: bus.view.pin === token ? null : token });

  const chip = (token, i) => el("button", { type: "button", class: "chip" + (i >= d.written ? " written" : ""), text: glyph(token),
    "data-i": i, "aria-label": `${spoken(token)}, token ${i + 1}`, tabindex: -1 });
  const shown = d.chips.map(([text, i]) => i >= 0 ? chip(text, i)
    : el("span", { class: "chip unknown", text: glyph(text), title: "This model does not know this character" }));
  if (d.hidden) shown.unshift(el("span", { class: "hidden", text: `… ${d.hidden} before, out of sight ` }));
  const focused = root.activeElement?.dataset?.i;
  root.strip.replaceChildren(...shown);
  root.buttons = [...root.strip.querySelectorAll("button")];
  if (focused !== undefined) root.buttons[Math.min(+focused, T - 1)]?.focus();
  const of = (event) => { const i = event.target.closest("button")?.dataset.i; return i === undefined ? null : +i; };
  root.strip.onpointerover = (event) => hover(of(event));
  const focus = () => { const i = root.activeElement?.dataset?.i; return i === undefined ? null : +i; };
  root.strip.onpointerleave = () => hover(focus());
  root.focused = (event) => hover(of(event));
  root.unfocused = () => setTimeout(() => { if (focus() === null) hover(null); }); // not while focus only moves on
  root.strip.onclick = (event) => { if (of(event) !== null) pin(of(event)); };
  root.strip.onkeydown = (event) => {
    const to = { ArrowLeft: -1, ArrowRight: 1, Home: -T, End: T }[event.key];
    if (event.key === "Escape") move({ pin: null });
    if (to === undefined) return;
    event.preventDefault();
    root.buttons[Math.max(0, Math.min(T - 1, of(event) + to))].focus();
  };
  root.modes.replaceChildren(...[["head", "chosen head"], ["mean", "mean of the layer"], ["max", "largest of the layer"]].map(([mode, text]) =>
    el("button", { type: "button", class: "soft", text, "data-mode": mode, onclick: () => move({ mode }) })));

  root.shade = () => {
    for (const button of root.modes.children) button.setAttribute("aria-pressed", button.dataset.mode === bus.view.mode);
    if (!T) return say(root, "Each character becomes one token. Type something, or take an example.");
    const a = bus.attention, query = looking(T), { back, main, text } = ink(root);
    root.buttons.forEach((button, i) => {
      button.tabIndex = i === (bus.view.pin ?? T - 1) ? 0 : -1;
      button.classList.toggle("query", i === query);
      button.classList.toggle("pinned", i === bus.view.pin);
      button.classList.toggle("key", i === bus.view.key);
      button.setAttribute("aria-pressed", i === bus.view.pin);
    });
    if (!a || a.T !== T || !a.L) return say(root, a && !a.L ? "This model has no attention: it sees one token at a time." : " ");
    const row = attentionRow(a, bus.view, query);
    root.buttons.forEach((button, i) => {
      const share = lift(row[i]);
      button.style.background = share > 0.01 ? paint(mix(back, main, share)) : "";
      button.style.color = share > 0.55 ? paint(back) : text;
    });
    const top = [...row.keys()].sort((x, y) => row[y] - row[x]).slice(0, 3).filter((i) => row[i] > 0.005);
    say(root, `“${glyph(d.tokens[query])}” at position ${query + 1} looks back, in ${headName(bus.view)}: `
      + top.map((i) => `${percent(row[i])} to “${glyph(d.tokens[i])}” (${i + 1})`).join(", ") + ".");
  };
  root.draw = root.shade;
  now(root);
  root.send = () => setStateValue("view", { layer: bus.view.layer, head: bus.view.head, mode: bus.view.mode, pin: bus.view.pin });
  root.card.dataset.tokens = T;
  root.card.dataset.text = d.tokens.join("");
  return listen(root, {
    hover: root.shade,
    attention: () => soon(root),
    pin: () => {
      root.shade();
      const now = JSON.stringify([bus.view.layer, bus.view.head, bus.view.mode, bus.view.pin]);
      if (root.sent !== now) root.send();
      root.sent = now;
    },
  });
}
