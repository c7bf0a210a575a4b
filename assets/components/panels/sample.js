// What the model writes at this step, always from the same seed: the plainest sign of what it has learned.
export default function ({ parentElement: root, data }) {
  card(root, "It writes");
  root.text ??= root.body.appendChild(el("p", { class: "mono text" }));
  say(root, `A fixed seed at step ${data.step.toLocaleString("en")}, temperature 0.8.`);
  root.text.textContent = data.text;
  root.card.dataset.step = data.step;
}
