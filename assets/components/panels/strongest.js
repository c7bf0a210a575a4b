// The keys that the token under the pointer (else the pinned, else the last) looks at most, as a list to read first; and a
// search, for prompts too long to find a token by eye.
const SHOWN = 6;

export default function ({ parentElement: root, data: d }) {
  card(root, "Strongest keys");
  const T = d.tokens.length;
  if (!root.list) {
    root.find = el("input", { type: "search", placeholder: "Find in the prompt", "aria-label": "Find a token or a piece of text in the prompt", maxlength: 40 });
    root.found = el("div", { class: "row found", role: "group", "aria-label": "Places found" });
    root.list = el("ol", { class: "keys" });
    root.body.append(root.list, root.find, root.found);
  }
  root.find.oninput = () => {
    const wanted = root.find.value, text = d.tokens.join(""), places = [];
    const starts = []; // where each token begins in the text
    d.tokens.reduce((at, token, i) => { starts[i] = at; return at + token.length; }, 0);
    for (let at = wanted ? text.toLowerCase().indexOf(wanted.toLowerCase()) : -1; at >= 0 && places.length < 12; at = text.toLowerCase().indexOf(wanted.toLowerCase(), at + 1))
      places.push(starts.findLastIndex((start) => start <= at));
    root.found.replaceChildren(...places.map((i) => el("button", { type: "button", class: "soft mono", text: `${d.tokens.slice(i, i + 6).map(glyph).join("")} ${i + 1}`,
      "aria-label": `Pin token ${i + 1}`, onclick: () => move({ pin: i }) })));
    if (wanted && !places.length) root.found.textContent = "Not in this prompt.";
  };
  root.draw = () => {
    const a = bus.attention;
    root.list.hidden = root.find.hidden = root.found.hidden = !T || !a?.L;
    if (!T || !a?.L || a.T !== T) return say(root, T ? " " : "Whom each token looks at, the strongest first.");
    const query = looking(T), row = attentionRow(a, bus.view, query);
    const order = [...row.keys()].filter((k) => row[k] > 0).sort((x, y) => row[y] - row[x] || x - y).slice(0, SHOWN);
    const rest = 1 - order.reduce((sum, k) => sum + row[k], 0), others = (a.causal ? query + 1 : T) - order.length;
    say(root, `“${glyph(d.tokens[query])}” (${query + 1}) in ${headName(bus.view)}.`);
    root.list.replaceChildren(...order.map((k) => {
      const bar = el("span", { class: "bar" });
      bar.style.width = row[k] * 100 + "%";
      const about = el("button", { type: "button", class: "chip mono", text: glyph(d.tokens[k]), title: `token ${k + 1}: click pins it`, "aria-label": `${spoken(d.tokens[k])}, token ${k + 1}: pin it`,
        onclick: () => move({ pin: k }), onpointerenter: () => { hover(query, k); } });
      const back = query - k;
      return el("li", { "data-key": k }, about, el("span", { class: "where", text: back === 0 ? "itself" : back > 0 ? `${back} back` : `${-back} ahead` }), el("span", { class: "track" }, bar),
        el("span", { class: "share", text: (row[k] * 100).toFixed(1) + " %" }));
    }), ...(others > 0 ? [el("li", { class: "rest", text: `${others} more share ${(Math.max(rest, 0) * 100).toFixed(1)} %.` })] : []));
  };
  root.body.onpointerleave = () => hover(null);
  now(root);
  root.find.oninput();
  return listen(root, { hover: (event) => { if (!root.list.matches(":hover")) root.draw(); }, pin: root.draw, attention: () => soon(root) });
}
