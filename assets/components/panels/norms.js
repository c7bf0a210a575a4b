// Layer norms of the chosen block: for each token its mean and spread before and after, and the gain it is given.
const HIGH = 58, STRIP = 26;

export default function ({ parentElement: root, data }) {
  card(root, "Layer norm");
  const d = (root.d = unpack(data));
  const { T, C, names } = d;
  if (!root.canvas) {
    root.which = el("div", { class: "row", role: "group", "aria-label": "Which of the block's norms" });
    root.canvas = el("canvas", { role: "img" });
    root.readout = el("p", { class: "readout" });
    root.body.append(root.which, root.canvas, root.readout);
    root.norm = 0;
  }
  root.norm = Math.min(root.norm, Math.max(0, names.length - 1));
  root.which.replaceChildren(...names.map((name, i) => el("button", { type: "button", class: "soft", text: name,
    "data-i": i, onclick: () => { root.norm = i; root.draw(); } })));
  const N = names.length;
  // d.stats (L, N, 4, T): mean before, spread before, mean after, spread after; d.gain (L, N, C)
  const stat = (layer, which, t) => d.stats[((layer * N + root.norm) * 4 + which) * T + t];

  root.draw = () => {
    const layer = Math.min(bus.view.layer, d.L - 1);
    root.title.textContent = d.L ? `Layer norm, block ${layer + 1}` : "Layer norm";
    root.canvas.hidden = root.readout.hidden = root.which.hidden = !T || !N || !d.L;
    if (!N || !d.L) return say(root, "This model has no layer norms.");
    if (!T) return say(root, "For every token: mean and spread before and after each norm of the block.");
    for (const button of root.which.children) button.setAttribute("aria-pressed", +button.dataset.i === root.norm);
    const width = root.body.clientWidth || 300, step = width / T, at = looking(T);
    const context = sharp(root.canvas, width, 2 * HIGH + STRIP + 30);
    const text = css(root, "--st-text-color"), grey = css(root, "--st-gray-color"), main = css(root, "--st-primary-color");
    const panel = (top, mean, spread, colour, label) => {
      let most = 1e-9;
      for (let t = 0; t < T; t++) most = Math.max(most, stat(layer, spread, t), Math.abs(stat(layer, mean, t)));
      const y = (value) => top + HIGH - 4 - (Math.max(value, 0) / most) * (HIGH - 16);
      for (let t = 0; t < T; t++) {
        context.fillStyle = colour;
        context.globalAlpha = t === at ? 1 : 0.5;
        context.fillRect(t * step, y(stat(layer, spread, t)), Math.max(step - 1, 1), top + HIGH - 4 - y(stat(layer, spread, t)));
        context.globalAlpha = 1;
        context.fillStyle = text;
        context.fillRect(t * step, y(stat(layer, mean, t)) - 1, Math.max(step - 1, 1), 2);
      }
      context.font = `11px ${css(root, "--st-font")}`;
      context.fillStyle = text;
      context.fillText(`${label}: spread up to ${most.toPrecision(3)}`, 0, top + 9);
    };
    panel(0, 0, 1, grey, "before");
    panel(HIGH + 6, 2, 3, main, "after, gain included");
    const gain = d.gain.subarray((layer * N + root.norm) * C, (layer * N + root.norm + 1) * C), top = 2 * HIGH + 14;
    const most = Math.max(...gain.map(Math.abs));
    context.fillStyle = grey;
    gain.forEach((g, c) => {
      const long = (Math.abs(g) / most) * STRIP;
      context.fillRect((c * width) / C, top + 14 + STRIP - long, Math.max(width / C - 0.4, 0.6), long);
    });
    context.fillStyle = text;
    context.fillText(`gain: ${C} numbers from ${Math.min(...gain).toFixed(2)} to ${Math.max(...gain).toFixed(2)}`, 0, top + 8);
    say(root, "Each token's numbers are brought to mean 0 and spread 1, then each is multiplied by its learned gain.");
    const number = (which) => (stat(layer, which, at) + 0).toFixed(2).replace("-0.00", "0.00");
    root.readout.textContent = `“${glyph(d.tokens[at])}” (${at + 1}): mean ${number(0)}, spread ${number(1)} before; mean ${number(2)}, spread ${number(3)} after.`;
    root.canvas.setAttribute("aria-label", `${root.title.textContent}, ${names[root.norm]}. ${root.readout.textContent}`);
    root.canvas.onpointermove = (event) => hover(Math.max(0, Math.min(T - 1, Math.floor(event.offsetX / step))));
    root.canvas.onpointerleave = () => hover(null);
  };
  root.draw();
  onResize(root, root.body, root.draw);
  const stop = listen(root, { hover: root.draw, pin: root.draw });
  return () => { stop(); root.watcher.disconnect(); };
}
