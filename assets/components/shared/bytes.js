// What Python packs (payload.py): [u32 length][JSON header, padded to 4][arrays or parts, each padded to 4].

/** @typedef {Uint16Array | Int16Array | Float32Array} Numbers */
/** @typedef {{ name: string, span: number, data: any }} Part of a board: a panel and how many of 60 columns it takes */
/** @typedef {[outer: number, size: number, inner: number]} Shape of an array around the axis along which it grows */

/** @param {number} length */
const padded = (length) => Math.ceil(length / 4) * 4;

/**
 * The header, and where what it describes begins.
 * @param {Uint8Array} bytes
 */
function readHeader(bytes) {
  const at = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return { at, header: JSON.parse(new TextDecoder().decode(bytes.subarray(4, at))) };
}

/** @type {Record<string, (buffer: ArrayBuffer, at: number, length: number) => { array: Numbers, end: number }>} */
const READ = {
  f32: (buffer, at, length) => ({ array: new Float32Array(buffer, at, length), end: at + 4 * length }),
  i16: (buffer, at, length) => ({ array: new Int16Array(buffer, at, length), end: at + padded(2 * length) }),
  u16: readCodes,
};

const TWO = 1; // from which high byte on it takes two bits,
const FOUR = 5; // and four

/**
 * Whole numbers of 16 bits, most of them small: their low bytes; two bits each that tell whether the high byte is 0,
 * stands in two bits, in four, or in a byte of its own; and those high bytes, one kind after the other.
 * @param {ArrayBuffer} buffer
 * @param {number} at
 * @param {number} length
 */
function readCodes(buffer, at, length) {
  const bytes = new Uint8Array(buffer);
  const kinds = at + padded(length);
  /** @param {number} from @param {number} i */
  const twoBits = (from, i) => (bytes[from + (i >> 2)] >> (2 * (i & 3))) & 3;
  const many = [0, 0, 0, 0];
  for (let i = 0; i < length; i++) many[twoBits(kinds, i)]++;
  const twos = kinds + padded(Math.ceil(length / 4));
  const fours = twos + padded(Math.ceil(many[1] / 4));
  const longs = fours + padded(Math.ceil(many[2] / 2));
  const array = new Uint16Array(length);
  let two = 0;
  let four = 0;
  let long = 0;
  for (let i = 0; i < length; i++) {
    array[i] = bytes[at + i];
    const kind = twoBits(kinds, i);
    if (kind === 1) array[i] |= (TWO + twoBits(twos, two++)) << 8;
    else if (kind === 2) array[i] |= (FOUR + ((bytes[fours + (four >> 1)] >> (4 * (four++ & 1))) & 15)) << 8;
    else if (kind === 3) array[i] |= bytes[longs + long++] << 8;
  }
  return { array, end: longs + padded(long) };
}

/**
 * An array of which only the middle came: the slices before and behind it are those of the array that is held.
 * @param {Numbers} old
 * @param {Numbers} middle
 * @param {Shape} shape
 * @param {[front: number, back: number]} kept
 */
export function joined(old, middle, [outer, size, inner], [front, back]) {
  if (!outer || !inner) return middle;
  const before = old.length / outer; // numbers a row of what is held
  const came = (size - front - back) * inner;
  const Kind = /** @type {new (length: number) => any} */ (middle.constructor);
  const whole = new Kind(outer * size * inner);
  for (let row = 0; row < outer; row++) {
    const from = row * before;
    let at = row * size * inner;
    whole.set(old.subarray(from, from + front * inner), at);
    at += front * inner;
    whole.set(middle.subarray(row * came, (row + 1) * came), at);
    whole.set(old.subarray(from + before - back * inner, from + before), at + came);
  }
  return whole;
}

/**
 * The header with each array under its name; `header.arrays` lists their names, types, shapes and what is kept.
 * @param {Uint8Array} bytes
 * @param {any} [held] the payload of which this tells the difference
 * @returns {any} the payload that the panel's typedef describes
 */
export function unpack(bytes, held) {
  const copy = bytes.slice(); // typed arrays need a beginning that is a multiple of 4
  const { header, at: first } = readHeader(copy);
  const { arrays, ...fields } = header;
  const data = { ...held, ...fields };
  let at = first;
  for (const [name, type, shape, kept] of arrays) {
    const [outer, size, inner] = shape;
    const { array, end } = READ[type](copy.buffer, at, outer * (size - kept[0] - kept[1]) * inner);
    data[name] = kept[0] + kept[1] ? joined(held[name], array, shape, kept) : array;
    at = end;
  }
  return data;
}

/**
 * A page's panels, unpacked, and the name of this frame.
 * @param {Uint8Array} bytes
 * @param {(frame: string) => Map<string, any> | null} find the panels' data of the frame that this one builds upon
 * @returns {{ frame: string, parts: Part[] | null }} no parts, if that frame is not here
 */
export function unpackBoard(bytes, find) {
  const { header, at: first } = readHeader(bytes);
  const { frame, base, panels } = header;
  const earlier = base ? find(base) : new Map();
  if (!earlier) return { frame, parts: null };
  /** @type {Map<string, unknown>} lists that panels have in common, which travel once */
  const common = new Map();
  let at = first;
  const parts = [];
  for (const [name, span, kind, how, length] of panels) {
    const part = bytes.subarray(at, at + length);
    at += padded(length);
    const held = how === "changed" ? earlier.get(name) : undefined;
    const read = kind === "json" ? { ...held, ...JSON.parse(new TextDecoder().decode(part)) } : unpack(part, held);
    const { also = [], ...data } = read;
    for (const field of also) data[field] = common.get(field);
    for (const [field, value] of Object.entries(data)) {
      if (Array.isArray(value) && !common.has(field)) common.set(field, value);
    }
    parts.push({ name, span, data });
  }
  return { frame, parts };
}
