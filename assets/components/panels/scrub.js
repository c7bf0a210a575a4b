// The training step: a slider over the kept steps that moves the whole page while it is dragged, with the loss curve.
export default function ({ parentElement: root, data, setStateValue }) {
  const { steps, losses } = data;
  if (!root.slider) {
    root.play = el("button", { type: "button", class: "play", "aria-label": "Play the training" });
    root.slider = el("input", { type: "range", min: 0, step: 1, "aria-label": "Training step" });
    root.canvas = el("canvas", { role: "img" });
    root.label = el("span", { class: "label" });
    root.line = el("div", { class: "scrub" }, root.play, root.slider, root.canvas, root.label);
    root.append(root.line);
  }
  const last = steps.length - 1;
  const settle = (i) => { // the label follows at once; Python hears at most every 60 ms
    root.slider.value = i;
    root.want = steps[i];
    root.draw();
    root.send();
  };
  root.send = () => {
    if (root.timer || root.want === undefined || root.want === root.sent) return;
    root.sent = root.want;
    root.turn = !root.turn; // a number or a word in turns: what looks as it did would not be told again
    setStateValue("step", root.turn ? root.want : String(root.want));
    root.timer = setTimeout(() => { root.timer = null; root.send(); }, 60);
  };
  root.slider.max = last;
  root.line.dataset.step = data.step;
  if (root.rev !== data.rev) { root.rev = data.rev; root.want = undefined; clearInterval(root.ticking); root.ticking = null; }
  if (root.want === data.step) root.want = undefined; // answered
  if (root.want === undefined) { root.sent = undefined; root.slider.value = steps.indexOf(data.step); } // also of a run that is followed
  root.slider.oninput = () => { halt(); settle(+root.slider.value); };
  root.play.onclick = () => (root.ticking ? halt() : run());
  function run() {
    if (+root.slider.value === last) settle(0);
    root.ticking = setInterval(() => (root.line.isConnected && +root.slider.value < last ? settle(+root.slider.value + 1) : halt()), 450);
    root.draw();
  }
  function halt() { clearInterval(root.ticking); root.ticking = null; root.draw?.(); }

  root.draw = () => {
    const step = steps[+root.slider.value], single = last === 0;
    root.play.textContent = root.ticking ? "❚❚" : "▶";
    root.play.setAttribute("aria-label", root.ticking ? "Pause" : "Play the training");
    root.play.hidden = root.slider.hidden = single;
    const nearest = losses.reduce((a, b) => (Math.abs(b[0] - step) < Math.abs(a[0] - step) ? b : a), losses[0]);
    root.label.textContent = `step ${step.toLocaleString("en")} of ${steps[last].toLocaleString("en")}`
      + (nearest ? ` · validation loss ${nearest[1].toFixed(2)}` + (nearest[0] === step ? "" : ` (at ${nearest[0].toLocaleString("en")})`) : "");
    root.slider.setAttribute("aria-valuetext", root.label.textContent);
    const wide = 120, high = 30, context = sharp(root.canvas, wide, high);
    if (losses.length < 2) return;
    const values = losses.map(([, loss]) => loss), low = Math.min(...values), top = Math.max(...values);
    const x = (s) => 3 + (Math.log1p(s) / Math.log1p(steps[last])) * (wide - 6), y = (v) => 4 + ((top - v) / (top - low || 1)) * (high - 8);
    context.strokeStyle = css(root, "--st-gray-color");
    context.lineWidth = 1.5;
    context.beginPath();
    losses.forEach(([s, v], i) => (i ? context.lineTo(x(s), y(v)) : context.moveTo(x(s), y(v))));
    context.stroke();
    context.fillStyle = css(root, "--st-primary-color");
    context.beginPath(); context.arc(x(step), y(nearest[1]), 3.5, 0, 7); context.fill();
    root.canvas.setAttribute("aria-label", `Validation loss falls from ${values[0].toFixed(2)} to ${values.at(-1).toFixed(2)}`);
  };
  // No clean-up to return: Streamlit also calls it for an update that a newer one overtook, and playing would stop.
  root.draw();
}
