// A small model's numbers, as panels are sent them: three tokens, one layer, two heads.

export const tokens = ["a", "b", "c"];

/** Shares as they travel, in 65,535ths. */
export const whole = (shares) => Uint16Array.from(shares, (x) => Math.round(x * 65535));

export const heads = {
  L: 1,
  H: 2,
  T: 3,
  causal: true,
  roles: ["looks back", "looks at itself"],
  clearest: [[0, 1, "the token itself"]],
  pattern: whole([1, 0.25, 0.75, 0.5, 0.2, 0.3, 1, 0.9, 0.1, 0, 0.4, 0.6]),
};

/** One head; q, k of (T, D) = (3, 2). */
export const stages = {
  T: 3,
  D: 2,
  L: 1,
  C: 4,
  layer: 0,
  head: 0,
  tokens,
  scale: 1 / Math.sqrt(2),
  causal: true,
  cell: null,
  note: "",
  q: Float32Array.from([1, 2, 3, 4, 5, 6]),
  k: Float32Array.from([10, 20, 30, -40, 50, 60]),
  v: new Float32Array(6),
  z: new Float32Array(6),
  dot: new Float32Array(9),
  scaled: new Float32Array(9),
  pattern: Float32Array.from([1, 0, 0, 0.3, 0.7, 0, 0.2, 0.7, 0.1]),
};
