// One head in six pictures: q and k -> q·k -> divided by sqrt(D) -> mask -> softmax -> weighted sum of v. Drawn from the
// model's own float32 numbers; a cell under the pointer lights its row, its column and its fellows in every stage.
const STAGES = [
  ["q and k", ["q", "k"], "Each token asks (q) and offers (k): one row of D numbers each."],
  ["q · k", ["dot"], "Every query meets every key: multiply number by number, add up. One number for each pair of tokens."],
  ["÷ √D", ["scaled"], "Divided by √D, so that wide heads do not shout: else softmax turns into “the largest takes all”."],
  ["mask", ["masked"], "Later tokens are hidden: their score becomes −∞, whatever it was."],
  ["softmax", ["pattern"], "Each row becomes shares that sum to 100 %."],
  ["weights × v", ["v", "z"], "Each token takes home the values (v) of the tokens it looked at, by these shares: z."],
];
const SQUARE = ["dot", "scaled", "masked", "pattern"];
const COLOUR = { q: "--st-blue-color", z: "--st-blue-color", k: "--st-orange-color", v: "--st-green-color" };
const GROW = 900, REST = 1_300; // milliseconds that a stage draws itself, and stays

export default function ({ parentElement: root, data, setStateValue }) {
  card(root, "One head, stage by stage");
  const d = (root.d = unpack(data));
  root.version = (root.version ?? 0) + 1;
  root.choose = (cell) => { if (cell) setStateValue("cell", { stage: cell.part, row: cell.row, column: cell.column }); };
  root.hides = (part, q, k) => d.causal && k > q && (part === "masked" || part === "pattern");
  root.value = (part, row, column) => {
    if (part === "masked" && root.hides(part, row, column)) return -Infinity;
    return d[part === "masked" ? "scaled" : part][row * (SQUARE.includes(part) ? d.T : d.D) + column];
  };
  if (!root.bar) build(root);
  root.draw = () => draw(root);
  bus.stages = d; // the neuron panel reads q and k
  root.card.dataset.stages = [d.layer, d.head, d.T].join();
  root.draw();
  tell("stages");
  onResize(root, root.body, root.draw);
  const stop = listen(root, { hover: root.draw, pin: root.draw });
  return () => { stop(); halt(root); root.watcher.disconnect(); };
}

const halt = (root) => { clearInterval(root.timer); root.timer = null; root.grown = 1; };
const go = (root, focus, shown = focus) => { Object.assign(root, { focus, shown }); root.draw(); };
const zoom = (root, from, to) => { Object.assign(root, { from, to }); root.draw(); };
const inSight = (root) => { const to = Math.min(root.to, root.d.T), from = Math.min(root.from, Math.max(0, to - 1)); return [from, to]; };

function play(root) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let began = performance.now();
  root.grown = still ? 1 : 0;
  go(root, 0);
  root.timer = setInterval(() => {
    const age = performance.now() - began, before = root.grown;
    root.grown = still ? 1 : Math.min(1, age / GROW);
    if (age > GROW + REST) {
      if (root.focus === 5) { halt(root); return root.draw(); }
      began = performance.now();
      root.grown = still ? 1 : 0;
      go(root, root.focus + 1);
    } else if (root.grown !== before) root.draw();
  }, 50);
  root.draw();
}

function build(root) {
  Object.assign(root, { shown: 5, focus: 4, from: 0, to: Infinity, grown: 1 });
  const button = (text, label, does) => el("button", { type: "button", class: "soft", text, "aria-label": label, onclick: does });
  const by = (step) => () => { halt(root); go(root, Math.max(0, Math.min(5, root.focus + step))); };
  root.play = button("▶ Play", "Play the stages", () => { if (root.timer) { halt(root); root.draw(); } else play(root); });
  root.chips = STAGES.map(([name], i) => button(`${i + 1} ${name}`, `Stage ${i + 1}: ${name}`, () => { halt(root); go(root, i, 5); }));
  root.whole = button("", null, () => zoom(root, 0, Infinity));
  root.whole.removeAttribute("aria-label");
  root.save = button("PNG", "Save these stages as a PNG picture", () => {
    const maps = [...root.body.querySelectorAll("figure:not(.later) .maps canvas")];
    savePng(root, maps, maps.map((map) => map.dataset.part), `attention-layer-${root.d.layer + 1}-head-${root.d.head + 1}.png`);
  });
  root.bar = el("div", { class: "row" }, button("◀", "Back one stage", by(-1)), root.play, button("▶|", "One stage on", by(1)), ...root.chips, root.whole, root.save);
  root.says = el("p", { class: "says", "aria-live": "polite" });
  root.figures = STAGES.map(([name, parts], i) => {
    const maps = parts.map((part) => el("canvas", { role: "img", tabindex: 0, "data-part": part }));
    maps.forEach((map) => wire(root, map));
    return el("figure", {}, el("figcaption", { text: `${i + 1} ${name}` }), el("div", { class: "maps" }, ...(maps.length > 1 ? maps.map((map) => el("div", {}, el("span", { class: "part " + map.dataset.part, text: map.dataset.part }), map)) : maps)),
      el("div", { class: "scale" }, el("span"), el("canvas", { "aria-hidden": "true" }), el("span")));
  });
  root.readout = el("p", { class: "readout", "aria-live": "polite" });
  root.body.append(root.bar, root.says, el("div", { class: "figures" }, ...root.figures), root.readout);
}

function sentence(root, { part, row, column }) {
  const { tokens, D } = root.d, name = (i) => `“${glyph(tokens[i])}” (${i + 1})`, x = root.value(part, row, column);
  const said = x === -Infinity ? "−∞, hidden" : part === "pattern" ? `${(100 * x).toFixed(2)} %` : x.toFixed(4);
  const stage = STAGES.find(([, parts]) => parts.includes(part))[0];
  return SQUARE.includes(part) ? `${stage}, ${name(row)} looks at ${name(column)}: ${said}.` : `${part} of ${name(row)}, number ${column + 1} of ${D}: ${said}.`;
}

function draw(root) {
  const { d } = root, [from, to] = inSight(root), n = to - from, none = !d.T || !d.L;
  for (const part of [root.bar, root.says, root.readout, ...root.figures]) part.hidden = none;
  if (none) return say(root, d.L ? "The arithmetic of one head appears here with the first character." : "This model has no attention.");
  say(root, `Layer ${d.layer + 1}, head ${d.head + 1}; D = ${d.D} numbers a token. Click a cell and its sum stands below; drag over a map to zoom, Escape shows all.${d.note ? " " + d.note : ""}`);
  root.play.textContent = root.timer ? "⏸ Pause" : "▶ Play";
  root.chips.forEach((chip, i) => chip.setAttribute("aria-pressed", i === root.focus));
  root.whole.hidden = n === d.T;
  root.whole.textContent = `Tokens ${from + 1} to ${to}: show all ${d.T}`;
  root.says.textContent = STAGES[root.focus][2];
  root.figures.forEach((figure, i) => {
    figure.classList.toggle("focus", i === root.focus);
    figure.classList.toggle("later", i > root.shown);
  });
  const query = looking(d.T), key = bus.view.key ?? null, tokens = d.tokens.slice(from, to);
  root.figures.forEach((figure, i) => {
    if (i > root.shown) return;
    const parts = STAGES[i][1], grown = i === root.focus ? root.grown : 1;
    const wide = Math.max(50, Math.floor((figure.clientWidth - 8 * (parts.length - 1)) / parts.length));
    let most = 1e-9; // one colour scale for all pictures of a stage
    for (const part of parts) for (let r = from; r < to; r++) for (let c = 0; c < (SQUARE.includes(part) ? n : d.D); c++) {
      const x = Math.abs(root.value(part, r, SQUARE.includes(part) ? from + c : c));
      if (x !== Infinity) most = Math.max(most, x);
    }
    parts.forEach((part, j) => {
      const square = SQUARE.includes(part), at = square ? from : 0, marks = [], canvas = figure.querySelectorAll(".maps canvas")[j];
      const row = square || COLOUR[part] === COLOUR.q ? query : key;
      if (row !== null && row >= from && row < to) marks.push({ row: row - from, colour: square ? COLOUR.q : COLOUR[part] });
      if (square && key !== null && key >= from && key < to) marks.push({ column: key - from, colour: COLOUR.k });
      if (d.cell?.[0] === part && d.cell[1] >= from && d.cell[1] < to && d.cell[2] >= at && (!square || d.cell[2] < to))
        marks.push({ row: d.cell[1] - from, column: d.cell[2] - at, colour: "--st-text-color" });
      drawCells(root, canvas, { wide, high: (figure.clientWidth - 14) / Math.max(n, 4), rows: tokens, columns: square ? tokens : null, count: d.D, most, grown, marks, stamp: [root.version, part, from],
        kind: part === "pattern" ? "share" : "signed", value: (r, c) => root.value(part, from + r, at + c), hidden: (r, c) => square && root.hides(part, from + r, from + c) });
      canvas.setAttribute("aria-label", `${STAGES[i][0]}, ${part}, ${n} rows. ${square && key !== null ? sentence(root, { part, row: query, column: key }) : ""} Arrow keys move the cell, Enter shows its sum.`);
    });
    const [low, strip, high] = figure.querySelector(".scale").children, share = parts[0] === "pattern", { back, main } = ink(root), ramp = divergingRamp(root);
    const context = sharp(strip, 56, 7);
    for (let x = 0; x < 56; x++) { context.fillStyle = paint(share ? mix(back, main, lift(x / 55)) : ramp((x / 55) * 2 - 1)); context.fillRect(x, 0, 1, 7); }
    low.textContent = share ? "0 %" : `−${most.toPrecision(2)}`;
    high.textContent = share ? "100 %" : most.toPrecision(2);
  });
  const cell = root.over ?? (d.cell && { part: d.cell[0], row: d.cell[1], column: d.cell[2] });
  root.readout.textContent = cell ? sentence(root, cell) : "Point at a cell to read it.";
}

function wire(root, canvas) {
  const part = canvas.dataset.part, square = SQUARE.includes(part);
  const cell = (at) => at && { part, row: inSight(root)[0] + at[0], column: (square ? inSight(root)[0] : 0) + at[1] };
  const point = (over) => {
    root.over = over;
    if (!over) hover(null);
    else if (square) hover(over.row, over.column);
    else if (COLOUR[part] === COLOUR.q) hover(over.row, bus.view.key);
    else hover(bus.view.hover ?? bus.view.pin ?? root.d.T - 1, over.row);
    root.draw();
  };
  wireCells(canvas, {
    point: (at) => point(at?.part ? at : cell(at)),
    choose: (at) => root.choose(at?.part ? at : cell(at)),
    drag: (one, other) => {
      const tokens = square ? [...one, ...other] : [one[0], other[0]], from = inSight(root)[0] + Math.min(...tokens);
      zoom(root, from, Math.max(inSight(root)[0] + Math.max(...tokens) + 1, from + 4));
    },
    step: (down, right) => {
      const [from, to] = inSight(root), start = Math.min(Math.max(looking(root.d.T), from), to - 1);
      const now = root.over?.part === part ? root.over : { row: start, column: square ? start : 0 }, inside = (x, low, high) => Math.max(low, Math.min(high - 1, x));
      return { part, row: inside(now.row + down, from, to), column: square ? inside(now.column + right, from, to) : inside(now.column + right, 0, root.d.D) };
    },
    escape: () => { zoom(root, 0, Infinity); move({ pin: null }); point(null); },
  });
}
