// All heads at once: layers down, heads across, every causal map on one canvas. It receives the weights of the whole
// model and shares them on the bus, so that the strip and the large map need no data of their own.
// Where the microscope sends scores with it, the maps can be ordered by what the heads do.
const GAP = 4;

export default function ({ parentElement: root, data }) {
  card(root, "All heads");
  const a = (root.a = unpack(data));
  const { L, H, T } = a;
  const size = a.causal ? (T * (T + 1)) / 2 : T * T;
  const cell = a.causal ? (q, k) => (q * (q + 1)) / 2 + k : (q, k) => q * T + k;
  a.weight = (layer, head, q, k) => (a.causal && k > q ? 0 : a.pattern[(layer * H + head) * size + cell(q, k)] / 65535);
  bus.attention = a;

  if (!root.grid) {
    root.canvas = el("canvas", { "aria-hidden": "true" });
    root.grid = el("div", { class: "grid", role: "group", "aria-label": "Heads: arrow keys move, Enter chooses" });
    root.stage = el("div", { class: "stage" }, root.canvas, root.grid);
    root.legend = el("div", { class: "legend" });
    root.clear = el("ul", { class: "clear" });
    root.body.append(root.stage, root.legend, root.clear);
  }
  const choose = (layer, head) => move({ layer, head, mode: "head" });
  if (a.scores && !root.by) {
    root.by = "layers";
    root.sort = el("select", { "aria-label": "Order the heads by", onchange: () => { root.by = root.sort.value; root.arrange(); root.draw(); root.mark(); } });
    root.meaning = el("p", { class: "meaning", "aria-live": "polite" });
    root.body.prepend(el("label", { class: "row" }, "Order by ", root.sort), root.meaning);
    root.sort.append(el("option", { value: "layers", text: "layer and head" }), el("option", { value: "similar", text: "likeness" }),
      ...Object.keys(a.scores).map((name) => el("option", { value: name, text: a.titles[name] ?? name })));
  }
  // root.order: which head (layer * H + head) each place of the grid shows.
  root.arrange = () => {
    const all = [...Array(L * H).keys()], score = a.scores?.[root.by];
    root.order = score ? all.sort((x, y) => score[y] - score[x] || x - y) : root.by === "similar" && a.order ? a.order : all;
    root.cells = [...root.grid.children];
    root.cells.forEach((cell, place) => {
      const i = root.order[place];
      Object.assign(cell.dataset, { layer: Math.floor(i / H), head: i % H });
      cell.title = `layer ${Math.floor(i / H) + 1}, head ${(i % H) + 1}: ${a.roles[i] ?? "type something"}`;
      cell.setAttribute("aria-label", cell.title + (score ? `; ${root.by}: ${percent(score[i])}` : ""));
      const short = (root.by ?? "layers") === "layers" ? "" : `${Math.floor(i / H) + 1}.${(i % H) + 1}` + (score ? ` ${percent(score[i])}` : "");
      cell.textContent = short;
      cell.classList.toggle("dim", Boolean(score) && score[i] < a.clear);
    });
    if (root.meaning) root.meaning.textContent = score ? `${a.words[root.by]} Below ${percent(a.clear)} a map is dimmed.`
      : root.by === "similar" ? "Heads whose maps are alike stand side by side; the label is layer.head." : "Order them by what they do on this prompt.";
  };

  root.draw = () => {
    if (!L || !T) return;
    const width = Math.min(root.body.clientWidth, 460) || 320;
    const side = Math.max(8, Math.floor((width - GAP * (H - 1)) / H));
    const context = sharp(root.canvas, side * H + GAP * (H - 1), side * L + GAP * (L - 1));
    const { back, main, line } = ink(root);
    const ramp = Uint32Array.from({ length: 256 }, (_, i) => {
      const [red, green, blue] = mix(back, main, lift(i / 255));
      return 0xff000000 | (blue << 16) | (green << 8) | red;
    });
    const small = new OffscreenCanvas(T, T), pixels = small.getContext("2d");
    const image = pixels.createImageData(T, T), all = new Uint32Array(image.data.buffer);
    context.imageSmoothingEnabled = T > side;
    for (let layer = 0; layer < L; layer++) for (let head = 0; head < H; head++) {
      const shown = root.order[layer * H + head]; // the place in the grid, and whose map stands there
      let from = shown * size; // the weights lie row by row, of a causal model the allowed ones only
      for (let q = 0; q < T; q++) for (let k = 0; k <= (a.causal ? q : T - 1); k++) {
        all[q * T + k] = ramp[a.pattern[from++] >> 8];
      }
      pixels.putImageData(image, 0, 0);
      const x = head * (side + GAP), y = layer * (side + GAP);
      context.drawImage(small, x, y, side, side);
      context.strokeStyle = line;
      context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
    }
    const strip = sharp(root.ramp, 96, 8);
    for (let x = 0; x < 96; x++) { strip.fillStyle = paint(mix(back, main, lift(x / 95))); strip.fillRect(x, 0, 1, 8); }
    root.grid.style.cssText = `grid-template-columns: repeat(${H}, ${side}px); grid-auto-rows: ${side}px; gap: ${GAP}px`;
  };
  if (!root.ramp) {
    root.ramp = el("canvas", { "aria-hidden": "true" });
    root.legend.append("0 %", root.ramp, "100 % of a token's attention");
  }
  root.mark = () => root.cells.forEach((cell) => {
    const chosen = +cell.dataset.layer === bus.view.layer && (bus.view.mode !== "head" || +cell.dataset.head === bus.view.head);
    cell.setAttribute("aria-pressed", chosen);
    cell.tabIndex = +cell.dataset.layer === bus.view.layer && +cell.dataset.head === bus.view.head ? 0 : -1;
  });
  const shape = [L, H].join();
  if (root.shape !== shape) {
    root.shape = shape;
    root.grid.replaceChildren(...Array.from({ length: L * H }, (_, i) =>
      el("button", { type: "button", "data-layer": Math.floor(i / H), "data-head": i % H,
        onclick: ({ currentTarget: { dataset } }) => choose(+dataset.layer, +dataset.head) })));
  }
  root.arrange();
  root.clear.replaceChildren(...a.clearest.map(([layer, head]) => el("li", {}, el("button", { type: "button",
    text: `layer ${layer + 1}, head ${head + 1}`, onclick: () => choose(layer, head) }), " " + a.roles[layer * H + head])));
  root.grid.onkeydown = (event) => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!by) return;
    event.preventDefault();
    const now = root.order.indexOf(bus.view.layer * H + bus.view.head);
    const row = Math.max(0, Math.min(L - 1, Math.floor(now / H) + by[0])), column = Math.max(0, Math.min(H - 1, (now % H) + by[1]));
    const { layer, head } = root.cells[row * H + column].dataset;
    choose(+layer, +head);
    root.cells[row * H + column].focus();
  };
  root.stage.hidden = root.legend.hidden = !L || !T;
  say(root, !L ? "This model has no attention at all." : !T ? `${L} layers of ${H} heads wait for a first character.`
    : root.by && root.by !== "layers" ? `${L} layers of ${H} heads, in the order you chose. In each map rows look, columns are looked at. Click one.`
    : `${L} layers down, ${H} heads across. In each map rows look, columns are looked at. Click one.`);
  root.draw();
  root.mark();
  onResize(root, root.body, root.draw);
  root.card.dataset.rows = T;
  const stop = listen(root, { pin: root.mark });
  tell("attention");
  return () => { stop(); root.watcher.disconnect(); };
}
