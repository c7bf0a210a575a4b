// Take the mechanism apart, one switch at a time, and see what changes in the model that is running.
export default function ({ parentElement: root, data: d, setStateValue }) {
  card(root, "What if?");
  if (!root.list) {
    root.list = el("div", { class: "switches", role: "group", "aria-label": "Switches" });
    root.facts = el("dl", { class: "facts" });
    root.tops = el("div", { class: "tops" });
    root.body.append(root.list, root.facts, root.tops);
  }
  say(root, d.sentence);
  root.on = new Set(d.on); // what runs: of two that contradict each other, Python takes the one turned last
  root.list.replaceChildren(...d.switches.map(([name, title, sentence]) => {
    const box = el("input", { type: "checkbox", "data-switch": name });
    box.checked = root.on.has(name);
    box.onchange = () => {
      if (box.checked) root.on.add(name); else root.on.delete(name);
      setStateValue("switches", { on: [...root.on] });
    };
    return el("label", {}, box, el("span", {}, el("strong", { text: title }), " " + sentence));
  }));
  root.facts.replaceChildren(...d.facts.map(([what, value]) => el("div", {}, el("dt", { text: what }), el("dd", { text: value }))));
  const most = Math.max(...d.tops.flatMap(([, bars]) => bars.map(([, share]) => share)), 1e-9);
  root.tops.replaceChildren(...d.tops.map(([title, bars]) => el("div", {}, el("h4", { text: title }), el("ol", {}, ...bars.map(([token, share]) => {
    const bar = el("span", { class: "bar" });
    bar.style.width = (share / most) * 100 + "%";
    return el("li", {}, el("span", { class: "mono name", text: glyph(token), "aria-label": spoken(token) }), el("span", { class: "track" }, bar), el("span", { class: "share", text: percent(share) }));
  })))));
  root.card.dataset.on = d.on.join(" ");
}
