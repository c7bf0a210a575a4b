// What flows, beyond the raw pattern: the same look back of one token by four measures, side by side, and what each head
// of the model adds to the prediction.
const HIGH = 20, EDGE = 118;

export default function ({ parentElement: root, data: d }) {
  card(root, "What flows");
  if (!root.canvas) {
    root.canvas = el("canvas", { role: "img" });
    root.readout = el("p", { class: "readout" });
    root.ranks = el("ul", { class: "ranks" });
    root.headsNote = el("p", { class: "heads-note" });
    root.heads = el("div", { class: "grid", role: "group", "aria-label": "Direct effect of each head; choose one" });
    root.body.append(root.canvas, root.readout, root.ranks, root.headsNote, root.heads);
  }
  const T = d.tokens.length, none = !T || !d.rows.length;
  for (const part of [root.canvas, root.readout, root.ranks]) part.hidden = none;
  root.headsNote.hidden = root.heads.hidden = none || !d.heads.length;
  if (none) { say(root, d.sentence); return; }
  say(root, d.sentence);
  root.ranks.replaceChildren(...d.agreement.map(([pair, rank]) => el("li", { text: `${pair}: ${rank.toFixed(2)}` })));
  root.headsNote.textContent = d.headsNote;

  root.draw = () => {
    const width = root.body.clientWidth || 320, step = (width - EDGE) / T, context = sharp(root.canvas, width, d.rows.length * (HIGH + 8) + 14);
    const { back, main, text } = ink(root), ramp = divergingRamp(root);
    context.font = `12px ${css(root, "--st-font")}`;
    context.textBaseline = "middle";
    d.rows.forEach(([name, values, signed], r) => {
      const most = Math.max(...values.map(Math.abs), 1e-9), y = r * (HIGH + 8);
      context.fillStyle = text;
      context.fillText(name, 0, y + HIGH / 2);
      values.forEach((x, k) => {
        if (k > d.query && d.causal) return;
        context.fillStyle = paint(signed ? ramp(x / most) : mix(back, main, lift(x / most)));
        context.fillRect(EDGE + k * step, y, Math.max(step - (step > 4 ? 1 : 0), 0.7), HIGH);
      });
    });
    context.font = `${Math.min(12, Math.max(7, step * 1.4))}px ${css(root, "--st-code-font") || "monospace"}`;
    context.textAlign = "center";
    context.fillStyle = text;
    const every = Math.ceil(8 / step);
    d.tokens.forEach((token, k) => { if (k % every === 0) context.fillText(glyph(token).slice(0, 1), EDGE + (k + 0.5) * step, d.rows.length * (HIGH + 8) + 5); });
    const key = bus.view.key;
    if (key !== null && key !== undefined && key < T) {
      context.strokeStyle = css(root, "--st-orange-color");
      context.lineWidth = 2;
      context.strokeRect(EDGE + key * step, 0, Math.max(step, 3), d.rows.length * (HIGH + 8) - 8);
    }
    const of = key ?? null, show = ([name, values, signed]) => `${name} ${signed ? values[of].toFixed(3) : (100 * values[of]).toFixed(1) + " %"}`;
    root.readout.textContent = of === null || of >= T ? "Point at a token to compare the four." : `“${glyph(d.tokens[of])}” (${of + 1}): ${d.rows.map(show).join(", ")}.`;
    root.canvas.setAttribute("aria-label", `Four measures of what “${spoken(d.tokens[d.query])}” takes from each token. ` + d.rows.map(([name, values]) => {
      const best = values.reduce((a, x, i) => (Math.abs(x) > Math.abs(values[a]) ? i : a), 0);
      return `${name}: most from token ${best + 1}, ${spoken(d.tokens[best])}`;
    }).join("; "));
    root.canvas.onpointermove = (event) => { const k = Math.floor((event.offsetX - EDGE) / step); hover(k >= 0 && k < T ? d.query : null, k >= 0 && k < T ? k : null); };
    root.canvas.onpointerleave = () => hover(null);
  };
  const most = Math.max(...d.heads.map(Math.abs), 1e-9), ramp = divergingRamp(root), { text } = ink(root);
  root.heads.style.gridTemplateColumns = `repeat(${d.H}, minmax(0, 1fr))`;
  root.heads.replaceChildren(...d.heads.map((x, i) => {
    const colour = ramp(x / most), light = colour[0] * 0.3 + colour[1] * 0.6 + colour[2] * 0.1 > 140;
    const button = el("button", { type: "button", text: x.toFixed(2), "aria-label": `layer ${Math.floor(i / d.H) + 1}, head ${(i % d.H) + 1}: ${x.toFixed(3)}`, title: `layer ${Math.floor(i / d.H) + 1}, head ${(i % d.H) + 1}`,
      onclick: () => move({ layer: Math.floor(i / d.H), head: i % d.H, mode: "head" }) });
    button.style.cssText = `background: ${paint(colour)}; color: ${light ? "#111" : "#fff"}`;
    return button;
  }));
  root.draw();
  onResize(root, root.body, () => root.draw());
  const stop = listen(root, { hover: root.draw, pin: root.draw });
  return () => { stop(); root.watcher.disconnect(); };
}
