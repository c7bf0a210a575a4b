// The model as it would be built: boxes in the order in which a token passes them, each with its parameters.
// Which boxes there are and what they say is decided in Python (gpt/diagram.py).
export default function ({ parentElement: root, data }) {
  card(root, "The model");
  root.flow ??= root.body.appendChild(el("div", { class: "flow" }));
  const box = ({ kind, text, parameters }) => {
    const count = el("span", { class: "n", text: parameters ? parameters.toLocaleString("en") : "" });
    return el("div", { class: "box " + kind }, el("span", { text }), count);
  };
  const block = el("div", { class: "block" }, el("div", { class: "times", text: data.times }), ...data.block.map(box));
  root.flow.replaceChildren(...data.before.map(box), ...(data.times ? [block] : []), ...data.after.map(box));
  say(root, data.sentence);
}
