// One number, worked out: the formula, its operands with the largest first, what comes out, and how to check it.
export default function ({ parentElement: root, data: d }) {
  card(root, "The sum behind one number");
  if (!root.formula) {
    root.formula = el("p", { class: "formula mono" });
    root.terms = el("ol", { class: "terms" });
    root.sum = el("p", { class: "sum" });
    root.code = el("pre", { class: "mono", tabindex: 0, "aria-label": "PyTorch that gives the same number" });
    root.copy = el("button", { type: "button", class: "soft", text: "Copy the PyTorch lines" });
    root.body.append(root.formula, root.terms, root.sum, root.code, root.copy);
  }
  for (const part of [root.formula, root.terms, root.sum, root.code, root.copy]) part.hidden = !d.formula;
  if (!d.formula) { say(root, d.sentence); return; }
  say(root, d.sentence);
  root.formula.textContent = d.formula;
  const number = (x) => (Math.abs(x) >= 1e-4 || x === 0 ? x.toFixed(4) : x.toExponential(2)), most = Math.max(...d.terms.map((term) => Math.abs(term[2])), 1e-12);
  root.terms.replaceChildren(...d.terms.map(([label, operands, product]) => {
    const bar = el("span", { class: product < 0 ? "bar minus" : "bar" });
    bar.style.width = (50 * Math.abs(product)) / most + "%";
    return el("li", {}, el("span", { class: "what", text: label }), el("span", { class: "mono", text: operands }),
      el("span", { class: "track" }, bar), el("span", { class: "mono product", text: number(product) }));
  }));
  root.sum.textContent = d.sum;
  root.sum.dataset.difference = d.difference;
  root.code.textContent = d.code;
  root.copy.onclick = async () => {
    try { await navigator.clipboard.writeText(d.code); root.copy.textContent = "Copied"; }
    catch { getSelection().selectAllChildren(root.code); root.copy.textContent = "Selected: press Ctrl+C"; }
    setTimeout(() => { root.copy.textContent = "Copy the PyTorch lines"; }, 2_000);
  };
}
