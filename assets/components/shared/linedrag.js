// Dragging a line of a list by its grip: up and down for its place, to the side for its indentation.

const STEP = 24; // pixels to the side for one step of indentation

/**
 * Follow a pointer from a grip on. `list` holds a child for each line; it keeps the pointer, for the lines change
 * places while they are dragged.
 * @param {HTMLElement} list
 * @param {(grip: Element) => {at: number, depth: number} | null} begin where the line of a grip is
 * @param {(at: number, depth: number) => void} move it is over that place now, among the others
 * @param {() => void} end let go
 */
export function dragging(list, begin, move, end) {
  /** @type {{id: number, x: number, depth: number, at: number} | null} */
  let held = null;
  list.onpointerdown = (event) => {
    const grip = event.composedPath()[0];
    const found = grip instanceof Element && event.button === 0 ? begin(grip) : null;
    if (!found) return;
    event.preventDefault();
    list.setPointerCapture(event.pointerId);
    held = { id: event.pointerId, x: event.clientX, ...found };
  };
  list.onpointermove = (event) => {
    if (!held || event.pointerId !== held.id) return;
    const at = placeAt(list, event.clientY, held.at);
    held.at = at;
    move(at, held.depth + Math.round((event.clientX - held.x) / STEP));
  };
  list.onpointerup = list.onpointercancel = (event) => {
    if (!held || event.pointerId !== held.id) return;
    held = null;
    end();
  };
}

/**
 * How many of the other lines lie above a height.
 * @param {HTMLElement} list
 * @param {number} y
 * @param {number} own the dragged line's place
 */
function placeAt(list, y, own) {
  return [...list.children].filter((line, i) => {
    const { top, height } = line.getBoundingClientRect();
    return i !== own && top + height / 2 < y;
  }).length;
}
