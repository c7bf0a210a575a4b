// Write: one token, or many one after another. The browser asks for each token, so that Stop is instant, every picture
// follows each token, and nothing long ever runs in the server. Typing stops the writing.
export default function ({ parentElement: root, data, setStateValue }) {
  card(root, "Write");
  if (!root.buttons) {
    root.left = 0;
    root.asked = data.n;
    root.one = el("button", { type: "button", class: "main", text: "Next token" });
    root.many = el("button", { type: "button", class: "soft" });
    root.stop = el("button", { type: "button", class: "soft", text: "Stop" });
    root.buttons = el("div", { class: "row" }, root.one, root.many, root.stop);
    root.text = el("div", { class: "written mono", role: "group", "aria-label": "What the model wrote: choose a token to go back to it" });
    root.body.append(root.buttons, root.text);
  }
  root.many.textContent = `Run ${data.run}`;
  const ask = (request) => { root.asked += 1; setStateValue("ask", { n: root.asked, ...request }); };
  const halt = () => { root.left = 0; show(); };
  const start = (count) => {
    const idle = root.left === 0;
    root.left = Math.min(count, data.room);
    if (idle && root.left) ask({ what: "token" });
    show();
  };
  root.one.onclick = () => start(1);
  root.many.onclick = () => start(data.run);
  root.stop.onclick = halt;

  function show() {
    root.one.disabled = root.many.disabled = !data.ready || root.left > 0;
    root.stop.disabled = root.left === 0;
    const choices = root.choices ? `Will draw from ${root.choices.kept} of ${root.choices.V} tokens. ` : "";
    say(root, !data.ready ? "The model continues your text; it needs at least one character." : data.room ? choices + data.reading
      : "The page is full: go back to a token, or change the prompt.");
  }
  const key = data.written.map(([text]) => text).join("");
  if (root.key !== key) {
    root.key = key;
    root.text.replaceChildren(...data.written.map(([text, p], i) => {
      const button = el("button", { type: "button", text: text === "\n" ? "⏎" : text === " " ? "·" : glyph(text), title: `${percent(p)}; go back to here`,
        "aria-label": `${spoken(text)}, ${percent(p)}, go back to here`, onclick: () => { root.left = 0; ask({ what: "back", to: i + 1 }); } });
      button.style.opacity = 0.62 + 0.38 * Math.min(1, p * 1.4); // faint: an unlikely pick
      return button;
    }));
    root.text.querySelectorAll("button").forEach((button, i) => { if (data.written[i][0] === "\n") button.after(document.createElement("br")); });
    root.text.scrollTop = root.text.scrollHeight;
  }
  root.text.hidden = !data.written.length;
  // Python answered the newest request: ask for the next token, if more are wanted.
  if (root.answered !== data.n) {
    root.answered = data.n;
    if (data.n === root.asked && root.left > 0) {
      root.left = Math.min(root.left - 1, data.room);
      if (root.left > 0) ask({ what: "token" });
    }
  }
  root.card.dataset.written = data.written.length;
  show();
  return listen(root, { typing: halt, choices: (choices) => { root.choices = choices; show(); } });
}
