// A tour of twelve things to do, each noticed when it is done. It offers itself on the first visit, can be put away at any
// time, and comes back by its button. What was done is kept in this browser alone.
const KEY = "nanoscope-tour";
const STOPS = [
  ["Type something", "Put the cursor into the prompt and type a letter. Everything on the page follows each key.", "typing"],
  ["Point at a token", "Move over the tokens: the others darken by the share of attention that this one gives them.", "hover", (d) => d.token !== null && d.token !== undefined],
  ["Pin it", "Click a token: it stays chosen when the pointer goes.", "pin", (d) => d.pin !== null],
  ["Let go", "Press Escape, or click the pinned token again.", "pin", (d, was) => d.pin === null && was.pin !== null],
  ["Choose a head", "“All heads” shows every attention map of the model. Click one of them.", "pin", (d, was) => d.layer !== was.layer || d.head !== was.head],
  ["Read a cell", "Point at a cell of the large map: its row looks at its column, and this is the share.", "hover", (d) => d.key !== null && d.key !== undefined],
  ["Average the heads", "Above the tokens, choose “mean of the layer”: all heads of the layer at once.", "pin", (d, was) => d.mode !== was.mode],
  ["Draw one token", "Press “Next token”: the model adds the one that the arrow u points at.", "written", (d) => d.written > 0],
  ["Turn up the heat", "Move Temperature to the right: the bars level out, and unlikely tokens get their chance.", "choices", (d, was) => d.temperature > was.temperature],
  ["Keep the best", "Move Top-k to the left: only the likeliest tokens stay in the draw.", "choices", (d) => d.kept < d.V],
  ["Let it write", "Press “Run 200” and watch attention follow every new token. “Stop” ends it.", "written", (d) => d.written >= 20],
  ["Look at a young model", "Above the prompt, choose the model “mini”: it was kept at many steps of its training, which the slider replays.", "model", (d) => d.model === "mini"],
];
const keep = (state) => { try { localStorage.setItem(KEY, JSON.stringify(state)); } catch { /* a browser that keeps nothing */ } };
const kept = () => { try { return JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { return {}; } };

export default function ({ parentElement: root, data }) {
  if (!root.box) {
    root.state = kept(); // {seen: put away once, at: stop}
    root.at = null; // not under way
    root.box = el("aside", { class: "tour", "aria-label": "Guided tour" });
    root.again = el("button", { type: "button", class: "soft again", text: "Tour" });
    root.again.onclick = () => begin();
    root.append(root.box, root.again);
  }
  root.model = data;
  const was = () => ({ pin: bus.view.pin, layer: bus.view.layer, head: bus.view.head, mode: bus.view.mode, temperature: root.temperature ?? data.temperature });
  const begin = () => { root.at = 0; root.was = was(); show(); };
  const away = () => { root.at = null; root.state = { seen: true }; keep(root.state); show(); };
  const next = () => { root.at += 1; root.was = was(); show(); };
  const button = (text, does, main) => el("button", { type: "button", class: main ? "soft main" : "soft", text, onclick: does });

  function show() {
    const offered = root.at === null && !root.state.seen;
    root.box.hidden = root.at === null && !offered;
    root.again.hidden = !root.box.hidden;
    root.host.classList.toggle("going", root.at !== null);
    root.host.classList.toggle("away", root.box.hidden);
    root.box.dataset.stop = root.at ?? "";
    if (root.box.hidden) return;
    if (offered) return root.box.replaceChildren(el("p", {}, el("strong", { text: "New here? " }), "Twelve small things to try, in about three minutes."),
      el("div", { class: "row" }, button("Take the tour", begin, true), button("Not now", away)));
    if (root.at >= STOPS.length) return root.box.replaceChildren(el("p", { role: "status" }, el("strong", { text: "You have seen it all. " }), "Next: the Attention page takes one head apart, and the Studio trains a model of your own."),
      el("div", { class: "row" }, button("Close", away, true)));
    const [title, text] = STOPS[root.at];
    root.box.replaceChildren(el("p", { role: "status" }, el("strong", { text: `${root.at + 1} of ${STOPS.length}: ${title}. ` }), text),
      el("div", { class: "row" }, button("Skip", next), button("End the tour", away)));
  }
  // One thing happened: is it what the tour is waiting for?
  root.heard_of = (name, detail) => {
    if (name === "choices" && detail.temperature !== undefined) root.temperature = detail.temperature;
    if (root.at === null || root.at >= STOPS.length) return;
    const [, , wanted, done] = STOPS[root.at];
    if (name === wanted && (!done || done(detail, root.was))) next();
    else if (name === "pin") Object.assign(root.was, { pin: detail.pin });
  };
  if (root.shown === undefined) { root.shown = true; show(); }
  root.heard_of("written", data);
  root.heard_of("model", data);
  const on = (name) => (detail) => root.heard_of(name, detail ?? {});
  return listen(root, { typing: on("typing"), hover: on("hover"), pin: on("pin"), choices: on("choices") });
}
