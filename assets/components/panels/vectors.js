// What goes in: the token's vector + the position's vector = the input, number by number, as colour.
const HIGH = 22;

export default function ({ parentElement: root, data }) {
  card(root, "Input vector = token + position");
  const d = (root.d = unpack(data));
  const { T, C } = d;
  if (!root.canvas) {
    root.canvas = el("canvas", { role: "img" });
    root.readout = el("p", { class: "readout" });
    root.body.append(root.canvas, root.readout);
  }
  const value = (name, t, c) => (d[name][t * C + c] / 32767) * d.largest;
  const rows = [["token", (t, c) => value("token", t, c)]];
  if (d.position.length) {
    rows.push(["+ position", (t, c) => value("position", t, c)]);
    rows.push(["= input", (t, c) => value("token", t, c) + value("position", t, c)]);
  }

  root.draw = () => {
    root.canvas.hidden = root.readout.hidden = !T;
    if (!T) return say(root, `Each token will become ${C} numbers.`);
    const at = looking(T), width = root.body.clientWidth || 300, edge = 78;
    const context = sharp(root.canvas, width, rows.length * (HIGH + 12));
    const colours = css(root, "--st-chart-diverging-colors").split(",").map(rgb);
    const ramp = (share) => { // share in [-1, 1] over the ten colours
      const x = ((Math.max(-1, Math.min(1, share)) + 1) / 2) * (colours.length - 1), i = Math.min(colours.length - 2, Math.floor(x));
      return paint(mix(colours[i], colours[i + 1], x - i));
    };
    say(root, `“${glyph(d.tokens[at])}” at position ${at + 1}: ${C} numbers each, blue below zero, red above (full colour at ±${d.shade.toFixed(2)}).`);
    context.font = `12px ${css(root, "--st-font")}`;
    context.textBaseline = "middle";
    rows.forEach(([label, number], r) => {
      context.fillStyle = css(root, "--st-text-color");
      context.fillText(label, 0, r * (HIGH + 12) + HIGH / 2);
      for (let c = 0; c < C; c++) {
        const x = edge + Math.floor((c * (width - edge)) / C), next = edge + Math.floor(((c + 1) * (width - edge)) / C);
        context.fillStyle = ramp(number(at, c) / d.shade);
        context.fillRect(x, r * (HIGH + 12), Math.max(1, next - x), HIGH);
      }
    });
    const c = root.column;
    root.readout.textContent = c == null ? "Point at a column to read its numbers."
      : `Number ${c + 1}: ` + rows.map(([label, number]) => `${label} ${number(at, c).toFixed(3)}`).join("  ") + ".";
    root.canvas.setAttribute("aria-label", `Vectors of ${spoken(d.tokens[at])}: ` + rows.map(([label, number]) =>
      `${label} starts with ${[0, 1, 2].map((i) => number(at, i).toFixed(3)).join(", ")}`).join("; "));
    root.canvas.onpointermove = (event) => {
      const column = Math.floor(((event.offsetX - edge) / (width - edge)) * C);
      root.column = column >= 0 && column < C ? column : null;
      root.draw();
    };
    root.canvas.onpointerleave = () => { root.column = null; root.draw(); };
  };
  root.draw();
  onResize(root, root.body, root.draw);
  const stop = listen(root, { hover: root.draw, pin: root.draw });
  return () => { stop(); root.watcher.disconnect(); };
}
