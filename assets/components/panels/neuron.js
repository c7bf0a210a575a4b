// Why this pair matches: q and k number by number, and their products, which add up to q · k.
const HIGH = 44, EDGE = 70;

export default function ({ parentElement: root, data: d }) {
  card(root, "q × k, number by number");
  const T = d.tokens.length;
  if (!root.canvas) {
    root.sorted = false;
    root.order = el("button", { type: "button", class: "soft", onclick: () => { root.sorted = !root.sorted; root.draw(); } });
    root.canvas = el("canvas", { role: "img" });
    root.readout = el("p", { class: "readout" });
    root.body.append(root.canvas, root.readout, root.order);
  }
  root.draw = () => {
    const s = bus.stages, none = !T || !s || s.T !== T || !s.L;
    root.canvas.hidden = root.readout.hidden = root.order.hidden = none;
    if (none) return say(root, "For a pair of tokens: which numbers of q and k make the match.");
    const query = looking(T), row = s.pattern.subarray(query * T, (query + 1) * T), key = bus.view.key ?? row.indexOf(Math.max(...row)), D = s.D;
    const q = s.q.subarray(query * D, (query + 1) * D), k = s.k.subarray(key * D, (key + 1) * D), product = Float64Array.from(q, (x, i) => x * k[i]);
    const order = [...product.keys()];
    if (root.sorted) order.sort((a, b) => Math.abs(product[b]) - Math.abs(product[a]));
    const name = (i) => `“${glyph(d.tokens[i])}” (${i + 1})`, sum = product.reduce((total, x) => total + x, 0);
    const best = [...product.keys()].sort((a, b) => Math.abs(product[b]) - Math.abs(product[a]))[0];
    say(root, `${name(query)} asks, ${name(key)} offers: their ${D} products add up to ${sum.toFixed(3)}; the largest, ${product[best].toFixed(3)}, comes from number ${best + 1}.`);
    root.order.textContent = root.sorted ? "In their own order" : "Largest product first";
    root.order.setAttribute("aria-pressed", root.sorted);
    const width = root.body.clientWidth || 300, step = (width - EDGE) / D, context = sharp(root.canvas, width, 3 * (HIGH + 10));
    context.font = `12px ${css(root, "--st-font")}`;
    context.textBaseline = "middle";
    [["q", q, "--st-blue-color"], ["k", k, "--st-orange-color"], ["q × k", product, "--st-text-color"]].forEach(([label, values, colour], r) => {
      const middle = r * (HIGH + 10) + HIGH / 2 + 4, most = Math.max(...values.map(Math.abs), 1e-9);
      context.fillStyle = css(root, "--st-text-color");
      context.fillText(label, 0, middle - 7);
      context.fillText(`±${most.toPrecision(2)}`, 0, middle + 8);
      context.fillRect(EDGE, middle, width - EDGE, 0.5);
      order.forEach((i, place) => {
        context.fillStyle = css(root, colour);
        context.globalAlpha = root.column === undefined || root.column === null || root.column === place ? 1 : 0.45;
        const long = (values[i] / most) * (HIGH / 2);
        context.fillRect(EDGE + place * step, long > 0 ? middle - long : middle, Math.max(step - 1, 0.7), Math.abs(long));
        context.globalAlpha = 1;
      });
    });
    const at = order[root.column ?? -1];
    root.readout.textContent = at === undefined ? "Point at a column to read it." : `Number ${at + 1}: ${q[at].toFixed(4)} × ${k[at].toFixed(4)} = ${product[at].toFixed(4)}.`;
    root.canvas.setAttribute("aria-label", `${root.note.textContent} Of q: ${[...q].slice(0, 3).map((x) => x.toFixed(2)).join(", ")} and so on.`);
    root.canvas.onpointermove = (event) => {
      const column = Math.floor((event.offsetX - EDGE) / step);
      root.column = column >= 0 && column < D ? column : null;
      root.draw();
    };
    root.canvas.onpointerleave = () => { root.column = null; root.draw(); };
  };
  now(root);
  onResize(root, root.body, root.draw);
  const stop = listen(root, { hover: root.draw, pin: root.draw, stages: () => soon(root) });
  return () => { stop(); root.watcher.disconnect(); };
}
