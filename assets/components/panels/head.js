// The chosen head, large: labels, values under the pointer, hatching where the mask forbids to look. Its weights come
// over the bus from "All heads". A row is a token that looks, a column a token that is looked at.
const EDGE = 16; // room for the labels

export default function ({ parentElement: root, data }) {
  const d = (root.d = data);
  card(root, "One head");
  if (!root.canvas) {
    root.canvas = el("canvas", { tabindex: 0, role: "img" });
    root.readout = el("p", { class: "readout", "aria-live": "polite" });
    root.body.append(root.canvas, root.readout);
  }
  const T = d.tokens.length;

  root.draw = () => {
    const a = bus.attention, view = bus.view;
    root.title.textContent = a && !a.L ? "One head" : headName(view)[0].toUpperCase() + headName(view).slice(1);
    root.canvas.hidden = root.readout.hidden = !(a && a.T === T && T && a.L);
    if (root.canvas.hidden) return say(root, !T ? "The map of one head grows here, a row for each character." : " ");
    const role = view.mode === "head" ? a.roles[view.layer * a.H + view.head] : null;
    say(root, `${role ? "Here: " + role + ". " : ""}Each row sums to 1.` + (a.causal ? " Hatched: masked, no token sees the future." : ""));
    const width = Math.min(root.body.clientWidth, 460) || 320;
    const side = (root.side = Math.max(1.5, Math.min(40, (width - EDGE) / T)));
    const full = side * T;
    const context = sharp(root.canvas, Math.ceil(EDGE + full) + 1, Math.ceil(EDGE + full) + 1);
    const { back, text, line } = ink(root);
    if (a.causal) hatch(context, full, line);
    const what = [view.layer, view.head, view.mode, text, back].join(); // the picture is kept while only the marks move
    if (root.of !== a || root.what !== what) {
      const rows = Array.from({ length: T }, (_, q) => attentionRow(a, view, q));
      Object.assign(root, { of: a, what, picture: paintCells(root, { kind: "share", value: (q, k) => rows[q][k], hidden: (q, k) => a.causal && k > q }, T, T, T) });
    }
    context.imageSmoothingEnabled = false;
    context.drawImage(root.picture, EDGE, EDGE, full, full);
    cellGaps(root, context, EDGE, EDGE, side, side, T, T);
    const query = looking(T), key = view.key ?? null;
    context.font = `${Math.max(8, Math.min(13, side * 0.9))}px ${css(root, "--st-code-font") || "monospace"}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const every = Math.ceil(6 / side); // crowded labels: only each n-th, and the two that matter
    for (let i = 0; i < T; i++) {
      const at = EDGE + (i + 0.5) * side, label = glyph(d.tokens[i]).slice(0, 1);
      const near = (j) => j !== null && Math.abs(i - j) * side < 6 && i !== j;
      context.fillStyle = i === query ? css(root, "--st-blue-color") : text;
      if ((i % every === 0 && !near(query)) || i === query) context.fillText(label, EDGE / 2, at);
      context.fillStyle = i === key ? css(root, "--st-orange-color") : text;
      if ((i % every === 0 && !near(key)) || i === key) context.fillText(label, at, EDGE / 2);
    }
    context.lineWidth = 2;
    context.strokeStyle = css(root, "--st-blue-color");
    context.strokeRect(EDGE + 0.5, EDGE + query * side, full, Math.max(side, 3));
    if (key !== null) {
      context.strokeStyle = css(root, "--st-orange-color");
      context.strokeRect(EDGE + key * side, EDGE + 0.5, Math.max(side, 3), full);
    }
    root.readout.textContent = tellCell(a, view, query, key);
    root.canvas.setAttribute("aria-label", `${root.title.textContent}: ${root.readout.textContent} Arrow keys move the cell, Enter pins the row.`);
  };

  function tellCell(a, view, query, key) {
    const row = attentionRow(a, view, query), name = (i) => `“${glyph(d.tokens[i])}” (${i + 1})`;
    if (key === null) {
      const top = row.indexOf(Math.max(...row));
      return `Row ${name(query)} looks most at ${name(top)}: ${(row[top] * 100).toFixed(1)} %.`;
    }
    if (a.causal && key > query) return `${name(query)} cannot look at ${name(key)}: masked, exactly 0.`;
    return `${name(query)} gives ${(row[key] * 100).toFixed(2)} % of its attention to ${name(key)}.`;
  }

  function hatch(context, full, line) {
    context.save();
    context.beginPath();
    context.moveTo(EDGE, EDGE); context.lineTo(EDGE + full, EDGE); context.lineTo(EDGE + full, EDGE + full); context.closePath();
    context.clip();
    context.strokeStyle = line;
    for (let x = -full; x < full; x += 5) {
      context.beginPath(); context.moveTo(EDGE + x, EDGE + full); context.lineTo(EDGE + x + full, EDGE); context.stroke();
    }
    context.restore();
  }

  const at = (event) => {
    const k = Math.floor((event.offsetX - EDGE) / root.side), q = Math.floor((event.offsetY - EDGE) / root.side);
    return q >= 0 && q < T && k < T ? [q, k >= 0 ? k : null] : [null, null];
  };
  root.canvas.onpointermove = (event) => hover(...at(event));
  root.canvas.onpointerleave = () => hover(null);
  root.canvas.onclick = (event) => { const [q] = at(event); if (q !== null) move({ pin: bus.view.pin === q ? null : q }); };
  root.canvas.onblur = () => hover(null);
  root.canvas.onkeydown = (event) => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const query = looking(T), key = bus.view.key ?? query, inside = (i) => Math.max(0, Math.min(T - 1, i));
    if (event.key === "Escape") { hover(null); move({ pin: null }); }
    if (event.key === "Enter") move({ pin: query });
    if (!by) return;
    event.preventDefault();
    hover(inside(query + by[0]), inside(key + by[1]));
  };
  now(root);
  onResize(root, root.body, root.draw);
  const stop = listen(root, { hover: root.draw, pin: root.draw, attention: () => soon(root) });
  return () => { stop(); root.watcher.disconnect(); };
}
