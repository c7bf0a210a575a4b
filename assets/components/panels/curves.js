// Loss curves of one run, or of several laid over each other, with published losses as faint lines to compare with.
const HIGH = 240, LEFT = 40, RIGHT = 12, DOWN = 22;

export default function ({ parentElement: root, data }) {
  card(root, data.title);
  if (!root.canvas) {
    root.canvas = el("canvas", { role: "img" });
    root.keys = el("ul", { class: "keys" });
    root.body.append(root.canvas, root.keys);
  }
  const { runs, marks } = data;
  root.draw = () => {
    const width = root.body.clientWidth || 500, context = sharp(root.canvas, width, HIGH);
    const palette = css(root, "--st-chart-categorical-colors").split(","), text = css(root, "--st-text-color");
    const points = runs.flatMap((run) => [...run.train, ...run.val]).filter(([, loss]) => loss !== null);
    say(root, data.note);
    if (!points.length) return;
    const most = Math.max(...runs.map((run) => run.steps), 1);
    const losses = points.map(([, loss]) => loss);
    const low = Math.min(...losses, ...marks.map((mark) => mark.loss)) - 0.05, high = Math.min(Math.max(...losses), 6);
    const x = (step) => LEFT + (step / most) * (width - LEFT - RIGHT), y = (loss) => 8 + ((high - loss) / (high - low || 1)) * (HIGH - DOWN - 14);
    context.font = `11px ${css(root, "--st-font")}`;
    context.fillStyle = text;
    for (let i = 0; i <= 4; i++) {
      const loss = low + ((high - low) * i) / 4, step = Math.round((most * i) / 4);
      context.fillText(loss.toFixed(2), 0, y(loss) + 4);
      context.textAlign = i === 4 ? "right" : "left";
      context.fillText(step.toLocaleString("en"), x(step), HIGH - 4);
      context.textAlign = "left";
    }
    context.globalAlpha = 0.55;
    context.strokeStyle = text;
    context.setLineDash([2, 4]);
    for (const { loss } of marks) { context.beginPath(); context.moveTo(LEFT, y(loss)); context.lineTo(width - RIGHT, y(loss)); context.stroke(); }
    context.globalAlpha = 1;
    let above = -99; // labels that would run into each other are left out; their lines stay, but cross no other's label
    for (const { name, loss } of marks) {
      if (y(loss) - above < 14) continue;
      above = y(loss);
      const label = `${name} ${loss.toFixed(2)}`, wide = context.measureText(label).width;
      context.fillStyle = css(root, "--st-secondary-background-color");
      context.fillRect(width - RIGHT - wide - 4, y(loss) - 7, wide + 8, 14);
      context.fillStyle = text;
      context.fillText(label, width - RIGHT - wide, y(loss) + 4);
    }
    const line = (values, colour, dash, wide) => {
      context.strokeStyle = colour; context.lineWidth = wide; context.setLineDash(dash); context.beginPath();
      let drawn = false;
      for (const [step, loss] of values) {
        if (loss === null) continue;
        const at = [x(step), y(Math.min(loss, high))];
        drawn ? context.lineTo(...at) : context.moveTo(...at);
        drawn = true;
      }
      context.stroke();
    };
    runs.forEach((run, i) => {
      const colour = palette[(i + 3) % palette.length];
      line(run.train, colour, [2, 3], 1);
      line(run.val, colour, [], 2.5);
      context.setLineDash([]);
      for (const [step, loss] of run.val) { context.fillStyle = colour; context.beginPath(); context.arc(x(step), y(Math.min(loss, high)), 2.5, 0, 7); context.fill(); }
    });
    root.keys.replaceChildren(...runs.map((run, i) => {
      const dot = el("span", { class: "dot" });
      dot.style.background = palette[(i + 3) % palette.length];
      return el("li", {}, dot, run.name);
    }));
    root.canvas.setAttribute("aria-label", runs.map((run) => `${run.name}: ` + (run.val.length ? `validation loss ${run.val.at(-1)[1]} at step ${run.val.at(-1)[0]}` : "no evaluation yet")).join(". "));
  };
  root.draw();
  root.card.dataset.points = runs.reduce((sum, run) => sum + run.train.length, 0);
  // No clean-up to return: Streamlit also calls it for an update that a newer one overtook, and nothing would watch then.
  onResize(root, root.body, root.draw);
}
