// The timeline: both losses over the steps, marks where something formed, and one slider below that moves the page.
const HIGH = 108, LEFT = 34, RIGHT = 10;

export default function ({ parentElement: root, data, setStateValue }) {
  card(root, "Training, step by step");
  const { steps, losses, events } = data, last = steps.length - 1;
  if (!root.slider) {
    root.canvas = el("canvas", { role: "img" });
    root.slider = el("input", { type: "range", min: 0, step: 1, "aria-label": "Training step" });
    root.play = el("button", { type: "button", class: "soft" });
    root.label = el("strong", { class: "label" });
    root.marks = el("ul", { class: "marks" });
    root.body.append(root.canvas, el("div", { class: "slide" }, root.play, root.slider, root.label), root.marks);
  }
  const x = (step) => LEFT + (Math.log1p(step) / Math.log1p(steps[last])) * (root.width - LEFT - RIGHT);
  const step = () => steps[+root.slider.value];
  const nearest = (wanted) => losses.reduce((a, b) => (Math.abs(b[0] - wanted) < Math.abs(a[0] - wanted) ? b : a), losses[0]);
  // The label and the mark follow at once; Python hears of the first movement at once, then of the newest every 60 ms.
  const settle = (i) => {
    root.slider.value = i;
    root.want = steps[i];
    root.draw();
    root.send();
  };
  root.send = () => {
    if (root.timer || root.want === undefined || root.want === root.sent) return;
    root.sent = root.want;
    root.turn = !root.turn; // a number or a word in turns: what looks as it did would not be told again
    setStateValue("slid", root.turn ? root.want : String(root.want));
    root.timer = setTimeout(() => { root.timer = null; root.send(); }, 60);
  };
  const halt = () => { clearInterval(root.ticking); root.ticking = null; root.draw?.(); };
  const run = () => {
    if (+root.slider.value === last) settle(0);
    root.ticking = setInterval(() => (root.card.isConnected && +root.slider.value < +root.slider.max ? settle(+root.slider.value + 1) : halt()), 600);
    root.draw();
  };
  root.slider.max = last;
  root.slider.oninput = () => { halt(); settle(+root.slider.value); };
  root.play.onclick = () => (root.ticking ? halt() : run());
  root.line = root.card;
  root.card.dataset.step = data.step;
  root.marks.replaceChildren(...events.map((event) => el("li", {}, el("button", { type: "button", text: event.text,
    onclick: () => { halt(); move({ layer: event.layer, head: event.head, mode: "head" }); settle(steps.indexOf(event.step)); } }))));

  root.draw = () => {
    root.width = root.body.clientWidth || 600;
    const context = sharp(root.canvas, root.width, HIGH), at = step(), known = nearest(at);
    const text = css(root, "--st-text-color"), grey = css(root, "--st-gray-color"), main = css(root, "--st-primary-color");
    root.play.textContent = root.ticking ? "Pause" : "Play";
    root.label.textContent = `step ${at.toLocaleString("en")} of ${steps[last].toLocaleString("en")}`
      + (known ? `, validation loss ${known[1].toFixed(3)}` + (known[0] === at ? "" : ` (measured at ${known[0].toLocaleString("en")})`) : "");
    root.slider.setAttribute("aria-valuetext", root.label.textContent);
    // The slider's stops are equally far apart, the picture's steps by their logarithm: a line joins the two.
    context.font = `11px ${css(root, "--st-font")}`;
    context.fillStyle = text;
    const values = losses.flatMap(([, val, train]) => [val, train]), top = Math.max(...values), low = Math.min(...values);
    const y = (loss) => 10 + ((top - loss) / (top - low || 1)) * (HIGH - 40);
    for (const loss of [top, (top + low) / 2, low]) context.fillText(loss.toFixed(2), 0, y(loss) + 4);
    for (const tick of [0, 1, 10, 100, 1000, 10000].filter((t) => t <= steps[last])) {
      context.fillText(tick.toLocaleString("en"), x(tick) - 4, HIGH - 2);
      context.fillRect(x(tick), HIGH - 18, 1, 4);
    }
    for (const [column, colour, dash] of [[2, grey, [3, 3]], [1, main, []]]) {
      context.strokeStyle = colour;
      context.lineWidth = 2;
      context.setLineDash(dash);
      context.beginPath();
      losses.forEach((loss, i) => (i ? context.lineTo(x(loss[0]), y(loss[column])) : context.moveTo(x(loss[0]), y(loss[column]))));
      context.stroke();
      context.fillStyle = colour; // a dot where it was measured: between dots the line only joins them
      losses.forEach((loss) => { context.beginPath(); context.arc(x(loss[0]), y(loss[column]), 2.5, 0, 7); context.fill(); });
    }
    context.setLineDash([]);
    for (const event of events) {
      context.fillStyle = css(root, "--st-orange-color");
      context.beginPath();
      context.moveTo(x(event.step), HIGH - 18); context.lineTo(x(event.step) - 5, HIGH - 27); context.lineTo(x(event.step) + 5, HIGH - 27);
      context.fill();
    }
    context.fillStyle = main;
    context.fillRect(x(at) - 1, 4, 2, HIGH - 22);
    for (const item of root.marks.children) item.classList.toggle("past", events[[...root.marks.children].indexOf(item)].step <= at);
    root.canvas.setAttribute("aria-label", `Losses from ${top.toFixed(2)} down to ${low.toFixed(2)} nats. ` + events.map((e) => e.text).join(" "));
  };
  if (root.rev !== data.rev) { root.rev = data.rev; root.want = undefined; halt(); }
  if (root.want === data.step) root.want = undefined; // answered
  if (root.want === undefined) { root.sent = undefined; root.slider.value = steps.indexOf(data.step); } // also of a run that is followed
  say(root, (last ? "Validation (line) and training loss (dots), nats a token. " : "Only one step of this model was kept. ")
    + (events.length ? "Marks: a head takes up a role on your text, and keeps it." : "No head takes up a clear role on this text."));
  root.draw();
  // No clean-up to return: Streamlit also calls it for an update that a newer one overtook, and playing would stop.
  onResize(root, root.body, root.draw);
}
