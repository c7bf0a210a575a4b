// A page's panels in one component: Streamlit then moves one message a key instead of forty. Each panel is a file of its
// own with a shadow root of its own; this file lays them out and hands each its part of the data.
function open_board(bytes) {
  const copy = bytes.slice(), size = new DataView(copy.buffer).getUint32(0, true);
  let at = 4 + size;
  return JSON.parse(new TextDecoder().decode(copy.subarray(4, at))).panels.map(([name, span, kind, length]) => {
    const part = copy.subarray(at, at + length);
    at += Math.ceil(length / 4) * 4;
    return [name, span, kind === "json" ? JSON.parse(new TextDecoder().decode(part)) : part];
  });
}

export default function ({ parentElement: root, data, setStateValue }) {
  if (!root.grid) {
    root.grid = el("div", { class: "board" });
    root.rooms = {};
    root.append(root.grid);
  }
  const leave = open_board(data).map(([name, span, value]) => {
    const room = (root.rooms[name] ??= root.grid.appendChild(el("div", { class: "room " + name })).attachShadow({ mode: "open" }));
    if (!room.firstChild) room.append(el("style", { text: STYLES.common + STYLES[name] }));
    room.host.style.setProperty("--span", span);
    return PANELS[name]({ parentElement: room, data: value, setStateValue });
  });
  return () => leave.forEach((stop) => stop?.());
}
