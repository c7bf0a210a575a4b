// Head view: who looks at whom, as lines from the right column of tokens to the left, one hue a head. The heads of the
// chosen layer can be switched on and off; a double click leaves one alone. A long prompt shows the part one looks at.
const HIGH = 15, MOST = 42; // a token's height, and how many are shown at once

export default function ({ parentElement: root, data: d }) {
  card(root, "Lines from token to token");
  const T = d.tokens.length;
  if (!root.canvas) {
    root.off = new Set();
    root.from = Infinity;
    root.heads = el("div", { class: "row", role: "group", "aria-label": "Heads that draw lines" });
    root.canvas = el("canvas", { role: "img", tabindex: 0 });
    root.body.append(root.heads, root.canvas);
  }
  const hue = (head, H) => `hsl(${Math.round((360 * head) / H + 210) % 360} 65% ${ink(root).back[0] > 128 ? 42 : 66}%)`;

  root.draw = () => {
    const a = bus.attention, none = !T || !a?.L || a.T !== T;
    root.canvas.hidden = root.heads.hidden = none;
    if (none) return say(root, "Lines will join each token to those it looks at.");
    const { layer } = bus.view, on = [...Array(a.H).keys()].filter((head) => !root.off.has(head));
    if (root.heads.children.length !== a.H) build(a);
    [...root.heads.children].forEach((button, head) => {
      button.setAttribute("aria-pressed", !root.off.has(head));
      button.style.borderColor = button.style.color = "";
      button.firstChild.style.background = root.off.has(head) ? "transparent" : hue(head, a.H);
      button.firstChild.style.borderColor = hue(head, a.H);
    });
    const focus = bus.view.hover ?? bus.view.pin, query = looking(T), n = Math.min(T, MOST);
    // The part that is shown stays where it is while the pointer moves in it.
    if (!(query >= root.from && query < root.from + n)) root.from = query - Math.floor(n * 0.75);
    const from = (root.from = Math.max(0, Math.min(T - n, root.from)));
    const width = Math.min(root.body.clientWidth || 320, 520), context = sharp(root.canvas, width, n * HIGH + 4), left = 46, right = width - 46;
    const y = (i) => (i - from + 0.5) * HIGH + 2;
    for (let q = focus === null || focus === undefined ? from : query; q < (focus === null || focus === undefined ? from + n : query + 1); q++)
      for (const head of on) {
        context.strokeStyle = hue(head, a.H);
        for (let k = from; k < (a.causal ? q + 1 : from + n); k++) {
          const share = a.weight(layer, head, q, k);
          if (share < 0.02) continue;
          context.globalAlpha = Math.min(1, share);
          context.lineWidth = 0.5 + 2.5 * share;
          context.beginPath();
          context.moveTo(right, y(q));
          context.bezierCurveTo((left + right) / 2, y(q), (left + right) / 2, y(k), left, y(k));
          context.stroke();
        }
      }
    context.globalAlpha = 1;
    context.font = `12px ${css(root, "--st-code-font") || "monospace"}`;
    context.textBaseline = "middle";
    for (let i = from; i < from + n; i++) {
      const label = glyph(d.tokens[i]).slice(0, 3);
      context.textAlign = "right";
      context.fillStyle = i === (bus.view.key ?? -1) ? css(root, "--st-orange-color") : css(root, "--st-text-color");
      context.fillText(`${i + 1} ${label}`, left - 4, y(i));
      context.textAlign = "left";
      context.fillStyle = focus !== null && focus !== undefined && i === query ? css(root, "--st-blue-color") : css(root, "--st-text-color");
      context.fillText(`${label} ${i + 1}`, right + 4, y(i));
    }
    const cut = n < T ? ` Tokens ${from + 1} to ${from + n} of ${T}.` : "";
    const best = on.map((head) => { const row = attentionRow(a, { layer, head, mode: "head" }, query), key = row.indexOf(Math.max(...row)); return [head, key, row[key]]; }).sort((x, y2) => y2[2] - x[2])[0];
    say(root, `Layer ${layer + 1}, ${on.length} of ${a.H} heads. Right looks at left; the thicker the line, the larger the share (from 2 %).${cut}`
      + (best ? ` Of “${glyph(d.tokens[query])}” (${query + 1}), the strongest is head ${best[0] + 1}: ${percent(best[2])} to “${glyph(d.tokens[best[1]])}” (${best[1] + 1}).` : ""));
    root.canvas.setAttribute("aria-label", root.note.textContent + " Up and down keys move the token.");
    const at = (event) => { const i = from + Math.floor((event.offsetY - 2) / HIGH); return i >= from && i < from + n ? i : null; };
    root.canvas.onpointermove = (event) => { const i = at(event); if (root.held !== i) { root.held = i; hover(i); } };
    root.canvas.onclick = (event) => { const i = at(event); if (i !== null) move({ pin: bus.view.pin === i ? null : i }); };
  };
  root.canvas.onpointerleave = root.canvas.onblur = () => { root.held = null; hover(null); };
  root.canvas.onkeydown = (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "Escape") { hover(null); move({ pin: null }); }
    if (event.key === "Enter") move({ pin: looking(T) });
    if (!by) return;
    event.preventDefault();
    hover(Math.max(0, Math.min(T - 1, looking(T) + by)));
  };

  function build(a) {
    root.off.clear();
    root.heads.replaceChildren(...[...Array(a.H).keys()].map((head) => el("button", { type: "button", class: "soft", "aria-label": `Head ${head + 1}`, title: "Click: on or off. Double click: this head alone",
      onclick: () => { if (!root.off.delete(head)) root.off.add(head); root.draw(); },
      ondblclick: () => { root.off = new Set([...Array(a.H).keys()].filter((other) => other !== head)); root.draw(); } },
      el("span", { class: "dot" }), ` ${head + 1}`)));
  }
  now(root);
  onResize(root, root.body, root.draw);
  const stop = listen(root, { hover: root.draw, pin: root.draw, attention: () => soon(root) });
  return () => { stop(); root.watcher.disconnect(); };
}
