// A piece of the text that the trainer looked at last: the more a character surprised the model, the stronger its colour.
export default function ({ parentElement: root, data }) {
  card(root, "What it is reading");
  root.text ??= root.body.appendChild(el("p", { class: "mono text" }));
  const { text, loss, step } = data;
  const { back } = ink(root), hot = rgb(css(root, "--st-orange-color"));
  const known = loss.filter((nats) => nats !== null), mean = known.reduce((sum, nats) => sum + nats, 0) / Math.max(known.length, 1);
  say(root, text ? `Step ${step.toLocaleString("en")}: ${mean.toFixed(2)} nats a character on this piece. Strong colour: a surprise (5 nats and more).`
    : "A piece of the text appears after the first steps.");
  root.text.replaceChildren(...[...text].map((character, i) => {
    const span = el("span", { text: character === "\n" ? "⏎\n" : character, title: loss[i] === null ? "first: not predicted" : `${loss[i].toFixed(2)} nats` });
    span.style.background = paint(mix(back, hot, Math.min((loss[i] ?? 0) / 5, 1) * 0.75));
    return span;
  }));
}
