// The weights of every head, as all panels read them.

/**
 * @typedef {object} Packed
 * @property {number} L layers
 * @property {number} H heads a layer
 * @property {number} T tokens
 * @property {boolean} causal only the allowed half of the weights is there
 * @property {string[]} roles what each head (L * H) does on this prompt
 * @property {Uint16Array} pattern weights in 65,535ths, (L, H, T, T) or, causal, (L, H, T (T + 1) / 2)
 */
/** @typedef {"head" | "mean" | "max"} Mode the chosen head, or the mean or the largest of its layer's heads */
/** @typedef {{ layer: number, head: number, mode: Mode }} Choice */

const WHOLE = 65535;

export class Attention {
  /** @param {Packed} packed */
  constructor({ L, H, T, causal, roles, pattern }) {
    this.L = L;
    this.H = H;
    this.T = T;
    this.causal = causal;
    this.roles = roles;
    this.pattern = pattern;
    /** How many weights a head has. */
    this.size = causal ? (T * (T + 1)) / 2 : T * T;
  }

  /**
   * How much token q looks at token k, from 0 to 1.
   * @param {number} layer
   * @param {number} head
   * @param {number} q
   * @param {number} k
   */
  weight(layer, head, q, k) {
    if (this.causal && k > q) return 0;
    const cell = this.causal ? (q * (q + 1)) / 2 + k : q * this.T + k;
    return this.pattern[(layer * this.H + head) * this.size + cell] / WHOLE;
  }

  /**
   * One row of weights (T,).
   * @param {Choice} choice
   * @param {number} query
   */
  row({ layer, head, mode }, query) {
    const heads = mode === "head" ? [head] : [...Array(this.H).keys()];
    return Float64Array.from({ length: this.T }, (_, key) => {
      const weights = heads.map((one) => this.weight(layer, one, query, key));
      return mode === "max" ? Math.max(...weights) : weights.reduce((sum, w) => sum + w, 0) / weights.length;
    });
  }
}

/**
 * Which attention is shown, in words.
 * @param {Choice} choice
 */
export function headName({ layer, head, mode }) {
  const which = { head: `head ${head + 1}`, mean: "mean of its heads", max: "largest of its heads" };
  return `layer ${layer + 1}, ${which[mode]}`;
}
