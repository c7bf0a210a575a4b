// The model as it would be built: boxes in the order in which a token passes them, each with its parameters.
export default function ({ parentElement: root, data }) {
  card(root, "The model");
  root.flow ??= root.body.appendChild(el("div", { class: "flow" }));
  const { config: c, parts, total } = data;
  const number = (n) => n.toLocaleString("en");
  const box = (name, count, kind = "") => el("div", { class: "box " + kind }, el("span", { text: name }), el("span", { class: "n", text: count ? number(count) : "" }));
  const per = (part) => Math.round((parts[part] ?? 0) / Math.max(c.n_layer, 1));
  const attention = box(`attention, ${c.n_head} heads of ${c.n_embd / c.n_head}` + (c.causal ? "" : ", sees the future") + (c.uniform_attention ? ", uniform" : ""), per("attention"), "attention");
  const mlp = box(`MLP, ${4 * c.n_embd} neurons, ${c.activation}`, per("mlp"), "mlp");
  const norm = () => (c.norm === "none" ? [] : [box("layer norm", Math.round(per("norms") / (c.feed_forward ? 2 : 1)))]);
  const part = (inner) => [...(c.norm === "pre" ? norm() : []), inner, box(c.residual ? "+ add to the stream" : "replace the stream", 0, "plain"), ...(c.norm === "post" ? norm() : [])];
  const block = el("div", { class: "block" }, el("div", { class: "times", text: `block × ${c.n_layer}` }), ...part(attention), ...(c.feed_forward ? part(mlp) : []));
  root.flow.replaceChildren(
    box(`token vectors, ${c.vocab_size} × ${c.n_embd}`, parts.token_embedding, "stream"),
    ...(c.position === "none" ? [] : [box(`+ position vectors (${c.position}), ${c.block_size} × ${c.n_embd}`, parts.position_embedding, "stream")]),
    ...(c.n_layer ? [block] : []),
    ...(parts.norm_final ? [box("final layer norm", parts.norm_final)] : []),
    ...(c.head === "none" ? [] : [box(c.head === "tied" ? "logits by the token vectors (tied)" : "logits by a table of its own", parts.unembed, "stream")]),
  );
  say(root, `${number(total)} parameters. ${data.sentence}`);
}
