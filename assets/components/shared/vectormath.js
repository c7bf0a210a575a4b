// Arithmetic of vectors that lie as rows of one array.

/**
 * Rows of length 1, in double precision; a row of zeros stays what it is.
 * @param {Float32Array} values (R, C)
 * @param {number} C
 */
export function unitRows(values, C) {
  const units = new Float64Array(values.length);
  for (let at = 0; at < values.length; at += C) {
    let square = 0;
    for (let c = 0; c < C; c++) square += values[at + c] * values[at + c];
    const length = Math.sqrt(square) || 1;
    for (let c = 0; c < C; c++) units[at + c] = values[at + c] / length;
  }
  return units;
}

/**
 * The cosine of every two rows, (R, R).
 * @param {Float32Array} values (R, C)
 * @param {number} C
 */
export function cosines(values, C) {
  const R = values.length / C;
  const units = unitRows(values, C);
  const all = new Float64Array(R * R);
  for (let i = 0; i < R; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let c = 0; c < C; c++) sum += units[i * C + c] * units[j * C + c];
      all[i * R + j] = all[j * R + i] = sum;
    }
  }
  return all;
}

/**
 * The row that is most like another one; -1 if there is no other.
 * @param {Float64Array} alike cosines (R, R)
 * @param {number} R
 * @param {number} row
 */
export function mostAlike(alike, R, row) {
  let best = -1;
  for (let j = 0; j < R; j++) {
    if (j !== row && (best < 0 || alike[row * R + j] > alike[row * R + best])) best = j;
  }
  return best;
}
