// Whether the tour was taken or put away in this browser: the bar offers it, the tour keeps it.

const KEY = "nanoscope-tour";

/** @param {{ seen: boolean }} state */
export function keepTour(state) {
  try {
    localStorage.setItem(KEY, JSON.stringify(state));
  } catch {
    // A browser that keeps nothing.
  }
}

/** Whether the tour was put away in this browser. */
export function tourSeen() {
  try {
    return Boolean(JSON.parse(localStorage.getItem(KEY) ?? "null")?.seen);
  } catch {
    return false;
  }
}
