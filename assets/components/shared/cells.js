// A matrix as a grid of coloured cells, with labels, marked rows and columns, and a pointer and keys that find a cell.
// Not a panel: the board puts it in front of the panels that use it.
function divergingRamp(root) { // share in [-1, 1] over the theme's ten colours
  const colours = css(root, "--st-chart-diverging-colors").split(",").map(rgb);
  return (share) => {
    const x = ((Math.max(-1, Math.min(1, share)) + 1) / 2) * (colours.length - 1), i = Math.min(colours.length - 2, Math.floor(x));
    return mix(colours[i], colours[i + 1], x - i);
  };
}

// One pixel a cell, to be stretched: a thousand rectangles a hover would be slow.
function paintCells(root, o, drawn, R, C) {
  const picture = new OffscreenCanvas(C, R), context = picture.getContext("2d"), image = context.createImageData(C, R);
  const { back, main } = ink(root), ramp = divergingRamp(root), share = o.kind === "share", pixels = new Uint32Array(image.data.buffer);
  const table = Uint32Array.from({ length: 1024 }, (_, i) => {
    const [red, green, blue] = share ? mix(back, main, lift(i / 1023)) : ramp((i / 1023) * 2 - 1);
    return 0xff000000 | (blue << 16) | (green << 8) | red;
  });
  for (let r = 0; r < drawn; r++) for (let c = 0; c < C; c++) {
    if (!o.hidden(r, c)) pixels[r * C + c] = table[Math.round((share ? o.value(r, c) : (o.value(r, c) / o.most + 1) / 2) * 1023)];
  }
  context.putImageData(image, 0, 0);
  return picture;
}

// Thin lines that tell large cells apart.
function cellGaps(root, context, left, top, side, high, R, C) {
  if (Math.min(side, high) <= 5) return;
  context.fillStyle = css(root, "--st-secondary-background-color");
  for (let c = 1; c <= C; c++) context.fillRect(left + c * side - 1, top, 1, high * R);
  for (let r = 1; r <= R; r++) context.fillRect(left, top + r * high - 1, side * C, 1);
}

// o: wide, high (of a cell, at most), rows, columns (label lists; columns null for unnamed numbers), count (columns),
// value(r, c), kind ("share" or "signed"), most, grown (0..1 of the rows), hidden(r, c), stamp (of what is shown), marks [{row | column, colour}].
function drawCells(root, canvas, o) {
  const R = o.rows.length, C = o.columns?.length ?? o.count, edge = 12, top = o.columns ? edge : 2;
  const side = (o.wide - edge) / C, high = o.columns ? side : Math.min(Math.max(side, 4), o.high);
  const g = (canvas.geometry = { left: edge, top, side, high, R, C });
  const context = sharp(canvas, o.wide, top + high * R + 1), { text, line } = ink(root), drawn = Math.ceil(R * o.grown);
  const stamp = [o.stamp, drawn, R, C, text].join(); // the colours are kept while only the marks move
  if (canvas.stamp !== stamp) { canvas.stamp = stamp; canvas.picture = paintCells(root, o, drawn, R, C); }
  context.imageSmoothingEnabled = side * (window.devicePixelRatio || 1) < 1;
  context.drawImage(canvas.picture, edge, top, side * C, high * R);
  cellGaps(root, context, edge, top, side, high, R, C);
  context.strokeStyle = line;
  for (let r = 0; r < drawn; r++) { // what no token may see: a line instead of cells
    const first = o.hidden(r, C - 1) ? [...Array(C).keys()].find((c) => o.hidden(r, c)) : undefined;
    if (first === undefined) continue;
    context.beginPath();
    context.moveTo(g.left + first * side, top + (r + 0.5) * high);
    context.lineTo(g.left + C * side, top + (r + 0.5) * high);
    context.stroke();
  }
  context.font = `${Math.max(8, Math.min(12, high))}px ${css(root, "--st-code-font") || "monospace"}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const label = (list, step, along, put) => {
    const every = Math.ceil(8 / step), marked = o.marks.filter((m) => m[along] !== undefined);
    list.forEach((name, i) => {
      const mark = marked.find((m) => m[along] === i), near = marked.some((m) => Math.abs(m[along] - i) * step < 8);
      context.fillStyle = mark ? css(root, mark.colour) : text;
      if (mark || (i % every === 0 && !near)) put(glyph(name).slice(0, 1), i);
    });
  };
  label(o.rows, high, "row", (name, i) => context.fillText(name, edge / 2, top + (i + 0.5) * high));
  if (o.columns) label(o.columns, side, "column", (name, i) => context.fillText(name, g.left + (i + 0.5) * side, edge / 2));
  for (const { row, column, colour: name } of o.marks) {
    context.strokeStyle = css(root, name);
    context.lineWidth = 1.5;
    const x = column === undefined ? g.left : g.left + column * side, y = row === undefined ? top : top + row * high;
    context.strokeRect(x + 0.5, y + 0.5, (column === undefined ? side * C : Math.max(side, 3)) - 1, (row === undefined ? high * R : Math.max(high, 3)) - 1);
  }
}

// point(cell or null), choose(cell), drag(one, other), leave(): cells are [row, column] of what is drawn.
function wireCells(canvas, { point, choose, drag, step, escape }) {
  const at = (event) => {
    const g = canvas.geometry, c = Math.floor((event.offsetX - g.left) / g.side), r = Math.floor((event.offsetY - g.top) / g.high);
    return r < 0 || r >= g.R || c < 0 || c >= g.C ? null : [r, c];
  };
  let start = null;
  canvas.onpointerdown = (event) => { start = { x: event.offsetX, y: event.offsetY, cell: at(event) }; };
  canvas.onpointermove = (event) => point(at(event));
  canvas.onpointerleave = () => { start = null; point(null); };
  canvas.onpointerup = (event) => {
    const from = start, to = at(event);
    start = null;
    if (!from || !to) return;
    if (from.cell && Math.hypot(event.offsetX - from.x, event.offsetY - from.y) > 8) drag(from.cell, to);
    else choose(to);
  };
  canvas.ondblclick = escape;
  canvas.onblur = () => point(null);
  canvas.onkeydown = (event) => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (event.key === "Escape") escape();
    if (event.key === "Enter") choose(step(0, 0));
    if (!by) return;
    event.preventDefault();
    point(step(...by));
  };
}

// What is drawn, as a PNG made here: the canvases side by side with their names.
function savePng(root, canvases, names, file) {
  const ratio = window.devicePixelRatio || 1, sheet = el("canvas");
  sheet.width = canvases.reduce((sum, one) => sum + one.width + 16, 16);
  sheet.height = Math.max(...canvases.map((one) => one.height)) + 40 * ratio;
  const context = sheet.getContext("2d");
  context.fillStyle = css(root, "--st-secondary-background-color");
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.fillStyle = css(root, "--st-text-color");
  context.font = `${12 * ratio}px sans-serif`;
  let x = 16;
  canvases.forEach((one, i) => { context.fillText(names[i], x, 18 * ratio); context.drawImage(one, x, 28 * ratio); x += one.width + 16; });
  sheet.toBlob((blob) => {
    const link = el("a", { href: URL.createObjectURL(blob), download: file });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
  });
}
