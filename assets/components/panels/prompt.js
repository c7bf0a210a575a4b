// The prompt editor. The browser owns the text while someone types: what Python sends is taken only when its `rev`
// has changed and no key is on its way, so a slow server can neither lose nor reorder a character.
const PAUSE = 50; // ms after the last key

export default function ({ parentElement: root, data, setStateValue }) {
  card(root, "Prompt");
  if (!root.box) {
    root.box = el("textarea", { class: "mono", rows: 3, spellcheck: "false", autocomplete: "off", autocapitalize: "off",
      "aria-label": "Prompt: the text that the model reads", placeholder: "Type here: everything below follows each key…" });
    root.chips = el("div", { class: "row", role: "group", "aria-label": "Example prompts" });
    root.body.append(root.box, root.chips);
    root.local = 0; // how many commits this browser made
    root.rev = null;
  }
  const commit = () => {
    root.timer = null;
    root.commit({ text: root.box.value, n: root.local, at: performance.now() });
  };
  root.commit = (value) => setStateValue("typed", value) // not "value": Streamlit unwraps a state of that one name and drops its callback;
  root.box.oninput = () => {
    root.local += 1;
    tell("typing");
    clearTimeout(root.timer);
    root.timer = setTimeout(commit, data.pause ?? PAUSE);
  };
  root.box.maxLength = data.limit;
  if (root.rev !== data.rev && (root.rev === null || (data.ack === root.local && !root.timer))) {
    if (root.rev === null) root.local = data.ack; // a new page of an old session counts on from there
    const typing = root.activeElement === root.box;
    root.rev = data.rev;
    root.box.value = data.text;
    if (typing) root.box.setSelectionRange(data.text.length, data.text.length);
    root.box.scrollTop = root.box.scrollHeight;
  }
  root.chips.replaceChildren(...data.examples.map((text) =>
    el("button", { class: "soft", type: "button", text: glyph(text), "aria-label": "Use the example " + text,
      onclick: () => { root.box.value = text; root.box.oninput(); root.box.focus(); } })));
  say(root, data.note);
  root.note.classList.toggle("warn", data.warn);
  root.card.dataset.rev = data.rev;
  root.card.dataset.ack = data.ack;
  return () => clearTimeout(root.timer);
}
