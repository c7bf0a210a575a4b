// The token embeddings in two dimensions (PCA): which tokens the model holds to be alike. The prompt's are ringed.
const HIGH = 210;

export default function ({ parentElement: root, data }) {
  card(root, "Map of the alphabet");
  const d = (root.d = unpack(data));
  const V = d.vocabulary.length;
  if (!root.canvas) {
    root.canvas = el("canvas", { role: "img" });
    root.readout = el("p", { class: "readout" });
    root.body.append(root.canvas, root.readout);
  }
  const used = new Set(d.ids);
  root.draw = () => {
    const width = root.body.clientWidth || 300, pad = 14, context = sharp(root.canvas, width, HIGH);
    const x = (i) => pad + ((d.points[2 * i] - d.low[0]) / (d.high[0] - d.low[0] || 1)) * (width - 2 * pad);
    const y = (i) => HIGH - pad - ((d.points[2 * i + 1] - d.low[1]) / (d.high[1] - d.low[1] || 1)) * (HIGH - 2 * pad);
    say(root, `Token embeddings in 2-D (PCA keeps ${percent(d.kept)} of the variance). The prompt's tokens are ringed.`);
    const text = css(root, "--st-text-color"), main = css(root, "--st-primary-color"), blue = css(root, "--st-blue-color");
    const here = d.ids.length ? d.ids[looking(d.ids.length)] : null;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let i = 0; i < V; i++) {
      const ring = i === here ? blue : used.has(i) ? main : null;
      context.font = `${ring ? "600 " : ""}13px ${css(root, "--st-code-font")}`;
      context.fillStyle = ring ?? text;
      context.globalAlpha = ring ? 1 : 0.7;
      context.fillText(glyph(d.vocabulary[i]).slice(0, 3), x(i), y(i));
      if (!ring) continue;
      context.strokeStyle = ring;
      context.lineWidth = i === here ? 2.5 : 1.2;
      context.beginPath(); context.arc(x(i), y(i), 9, 0, 7); context.stroke();
    }
    context.globalAlpha = 1;
    const near = root.near;
    root.readout.textContent = near == null ? "Tokens close together are used alike." : `“${glyph(d.vocabulary[near])}” is most like `
      + d.neighbours[near].map(([i, cosine]) => `“${glyph(d.vocabulary[i])}” (${cosine.toFixed(2)})`).join(", ") + ", by cosine in all dimensions.";
    root.canvas.setAttribute("aria-label", `Map of ${V} token embeddings. Ringed: ${[...used].map((i) => spoken(d.vocabulary[i])).join(", ") || "none"}.`);
    root.canvas.onpointermove = (event) => {
      const away = (i) => Math.hypot(x(i) - event.offsetX, y(i) - event.offsetY);
      const best = [...Array(V).keys()].reduce((a, b) => (away(b) < away(a) ? b : a));
      const near = away(best) < 16 ? best : null;
      if (near !== root.near) { root.near = near; root.draw(); }
    };
    root.canvas.onpointerleave = () => { root.near = null; root.draw(); };
  };
  root.draw();
  onResize(root, root.body, root.draw);
  const stop = listen(root, { hover: root.draw, pin: root.draw });
  return () => { stop(); root.watcher.disconnect(); };
}
