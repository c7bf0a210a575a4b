// Next token: the bars, and the knobs that shape them. The logits are already here, so every movement of a knob is
// computed in the browser, in doubles, by the rule of gpt/sampling.py: temperature, top-k, top-p, renormalise.
const SHOWN = 10;

// Probabilities (V,), what removed each token ("" if nothing), and the probabilities before top-k and top-p.
export function distribution(logits, { temperature, top_k, top_p, greedy }) {
  const V = logits.length;
  const order = [...Array(V).keys()].sort((a, b) => logits[b] - logits[a] || a - b);
  const scaled = Float64Array.from(logits, (x) => x / temperature);
  const softmax = (kept) => {
    const top = scaled[order[0]], p = new Float64Array(V);
    let sum = 0;
    for (const i of kept) sum += p[i] = Math.exp(scaled[i] - top);
    for (const i of kept) p[i] /= sum;
    return p;
  };
  const before = softmax(order), removed = Array(V).fill("");
  if (greedy) {
    for (const i of order.slice(1)) removed[i] = "greedy";
    return { before, removed, order, p: Float64Array.from(logits, (_, i) => +(i === order[0])) };
  }
  const byK = order.slice(0, top_k || V), among = softmax(byK), byP = [];
  let sum = 0;
  for (const i of byK) { if (!byP.length || sum < top_p - 1e-12 || top_p === 1) byP.push(i); sum += among[i]; }
  for (const i of order) removed[i] = !byK.includes(i) ? "top-k" : !byP.includes(i) ? "top-p" : "";
  return { before, removed, order, p: softmax(byP) };
}

const KNOBS = [["temperature", "Temperature", 0.1, 3, 0.05], ["top_k", "Top-k", 0, null, 1], ["top_p", "Top-p", 0.05, 1, 0.01]];

export default function ({ parentElement: root, data, setStateValue }) {
  card(root, "Next token");
  const d = (root.d = unpack(data));
  const V = d.vocabulary.length;
  if (!root.bars) {
    root.bars = el("ol", { class: "bars", "aria-label": "Candidates, likeliest first" });
    root.all = el("button", { type: "button", class: "soft", onclick: () => { root.open = !root.open; root.draw(); } });
    root.rod = el("canvas", { role: "img" });
    root.draw_text = el("p", { class: "drawn" });
    root.knobs = el("div", { class: "knobs" });
    root.body.append(root.bars, root.all, root.rod, root.draw_text, root.knobs);
  }
  if (root.rev !== d.rev) { root.rev = d.rev; root.settings = { ...d.settings }; root.build = true; }
  const settings = root.settings;
  const send = () => setStateValue("knobs", { ...settings });
  if (root.build) {
    root.build = false;
    root.knobs.replaceChildren(...KNOBS.map(([name, label, low, high, step]) => {
      const output = el("output", { class: "value" });
      const input = el("input", { type: "range", min: low, max: high ?? V, step, "aria-label": label, "data-knob": name });
      input.value = name === "top_k" ? settings.top_k || V : settings[name]; // the far right of top-k keeps all
      // A link may lie beyond the slider or between its stops: what counts is the setting, until someone moves the knob.
      const shown = () => { output.textContent = name === "top_k" ? (settings.top_k || "all") : +settings[name].toFixed(3); };
      shown();
      input.oninput = () => {
        settings[name] = name === "top_k" ? (+input.value >= V ? 0 : Math.max(1, +input.value)) : +input.value;
        shown();
        root.draw();
      };
      input.onchange = send;
      return el("label", {}, el("span", { text: label }), input, output);
    }));
    const greedy = el("input", { type: "checkbox", "data-knob": "greedy" });
    greedy.checked = settings.greedy;
    greedy.onchange = () => { settings.greedy = greedy.checked; root.draw(); send(); };
    const seed = el("input", { type: "text", inputmode: "numeric", size: 8, "data-knob": "seed", "aria-label": "Seed", value: settings.seed });
    seed.onchange = () => {
      if (/^\d{1,10}$/.test(seed.value) && +seed.value < 2 ** 32) settings.seed = +seed.value; // torch knows 32 bits
      seed.value = settings.seed;
      send();
    };
    root.knobs.append(el("div", { class: "row" }, el("label", { class: "check" }, greedy, " Greedy"), el("label", { class: "check" }, "Seed ", seed)));
  }

  root.draw = () => {
    if (!d.T) {
      root.bars.replaceChildren();
      root.all.hidden = root.rod.hidden = root.draw_text.hidden = true;
      return say(root, `The model will spread 100 % over its ${V} tokens as soon as there is one to read.`);
    }
    const at = looking(d.T), last = at === d.T - 1;
    root.title.textContent = last ? "Next token" : `After “${glyph(d.tokens[at])}” (${at + 1})`;
    const { p, before, removed, order } = distribution(d.logits.subarray(at * V, (at + 1) * V), settings);
    let bits = 0;
    for (const x of p) if (x > 0) bits -= x * Math.log2(x);
    const kept = p.reduce((n, x) => n + (x > 0), 0);
    say(root, `Uncertainty ${bits.toFixed(2)} bits: like choosing among ${(2 ** bits).toFixed(1)} equal options.`
      + (kept < V ? ` ${kept} of ${V} tokens can be drawn.` : ""));
    const shown = root.open ? order : order.slice(0, SHOWN), most = Math.max(p[order[0]], before[order[0]]);
    root.bars.replaceChildren(...shown.map((i) => {
      const share = removed[i] ? before[i] : p[i];
      const bar = el("span", { class: "bar" });
      bar.style.width = (share / most) * 100 + "%";
      const came = !last && d.tokens[at + 1] === d.vocabulary[i];
      return el("li", { class: removed[i] && "removed", "data-id": i, "data-p": p[i], title: removed[i] ? `removed by ${removed[i]}` : "" },
        el("span", { class: "name mono" + (came ? " came" : ""), text: glyph(d.vocabulary[i]), "aria-label": spoken(d.vocabulary[i]) + (came ? ", which came next" : "") }),
        el("span", { class: "track" }, bar), el("span", { class: "share", text: removed[i] ? "out" : percent(p[i]) }));
    }));
    root.all.hidden = V <= SHOWN;
    if (root.open) root.bars.tabIndex = 0; // a list that scrolls must be within reach of the keyboard
    else root.bars.removeAttribute("tabindex");
    root.all.textContent = root.open ? `Only the first ${SHOWN}` : `All ${V}`;
    root.all.setAttribute("aria-expanded", !!root.open);
    root.rod.hidden = root.draw_text.hidden = !last;
    if (last) rod(p);
    const next = last ? p : distribution(d.logits.subarray((d.T - 1) * V), settings).p; // what Write draws from
    tell("choices", { kept: next.reduce((n, x) => n + (x > 0), 0), V, temperature: settings.temperature });
  };

  // The cumulative bar: every token a stretch as long as its probability; u falls on one of them.
  function rod(p) {
    const width = root.body.clientWidth || 300, context = sharp(root.rod, width, 22);
    const { back, main } = ink(root);
    let start = 0, hit = null, odd = 0;
    for (let i = 0; i < V; i++) if (p[i] > 0) {
      if (start <= d.u) hit = i;
      context.fillStyle = paint(mix(back, main, odd++ % 2 ? 0.55 : 0.3));
      context.fillRect(start * width, 8, Math.max(p[i] * width, 0.5), 14);
      start += p[i];
    }
    context.fillStyle = css(root, "--st-text-color");
    context.beginPath();
    context.moveTo(d.u * width, 10); context.lineTo(d.u * width - 5, 1); context.lineTo(d.u * width + 5, 1); context.fill();
    context.fillRect(d.u * width - 0.75, 8, 1.5, 14);
    root.draw_text.textContent = `Draw ${d.index + 1} of seed ${settings.seed}: u = ${d.u.toFixed(4)} falls on “${glyph(d.vocabulary[hit])}”.`;
    root.rod.setAttribute("aria-label", root.draw_text.textContent);
  }
  root.draw();
  onResize(root, root.body, root.draw);
  const stop = listen(root, { hover: root.draw, pin: root.draw });
  return () => { stop(); root.watcher.disconnect(); };
}
