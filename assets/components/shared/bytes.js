// What Python packs (payload.py): [u32 length][JSON header, padded to 4][arrays or parts, each padded to 4].

/** @typedef {Uint16Array | Int16Array | Float32Array} Numbers */
/** @typedef {{ name: string, span: number, data: any }} Part of a board: a panel and how many of 60 columns it takes */
/** @typedef {[outer: number, size: number, inner: number]} Shape of an array around the axis along which it grows */
/** @typedef {[front: number, back: number, told: number]} Kept slices, and how many came as differences */

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

const BLOCK = 8; // numbers that are as wide as the largest of them
const WIDEST = 16; // bits
const LAST = 15; // what four bits can say stands for it
/** Four bits, each in a byte of its own. */
const SPREAD = Int32Array.from({ length: 16 }, (_, b) => (b & 1) | ((b & 2) << 7) | ((b & 4) << 14) | ((b & 8) << 21));

/**
 * Whole numbers of 16 bits in blocks of eight (bit_planes.py): the widths of all blocks, four bits each, two by two;
 * then as many bytes a block, its bit planes: byte j holds bit j of all eight numbers.
 * @param {ArrayBuffer} buffer
 * @param {number} at
 * @param {number} length
 */
function readCodes(buffer, at, length) {
  const bytes = new Uint8Array(buffer);
  const blocks = 2 * Math.ceil(length / (2 * BLOCK));
  const array = new Uint16Array(blocks * BLOCK);
  const begin = at + padded(blocks / 2);
  let next = begin;
  for (let block = 0; block < blocks; block++) {
    const told = (bytes[at + (block >> 1)] >> (4 * (block & 1))) & 15;
    const width = told === LAST ? WIDEST : told;
    const to = block * BLOCK;
    for (let from = 0; from < width; from += 8) {
      let first = 0; // eight bits of each of four numbers
      let last = 0;
      const planes = Math.min(width - from, 8);
      for (let j = 0; j < planes; j++) {
        const plane = bytes[next++];
        first |= SPREAD[plane & 15] << j;
        last |= SPREAD[plane >> 4] << j;
      }
      for (let i = 0; i < 4; i++) {
        array[to + i] |= ((first >> (8 * i)) & 255) << from;
        array[to + 4 + i] |= ((last >> (8 * i)) & 255) << from;
      }
    }
  }
  return { array: array.subarray(0, length), end: begin + padded(next - begin) };
}

/**
 * How far a number is from an earlier one: 0, 1, 2, 3, 4 ... stand for 0, -1, 1, -2, 2 ...
 * @param {number} told
 */
const difference = (told) => (told >> 1) ^ -(told & 1);

/**
 * An array of which only the middle came: the slices before and behind it are those of the array that is held; the
 * first `told` slices of it came as the difference from what is held at the same place.
 * @param {Numbers} old
 * @param {Numbers} middle
 * @param {Shape} shape
 * @param {Kept} kept
 */
export function joined(old, middle, [outer, size, inner], [front, back, told]) {
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
    for (let i = 0; i < told * inner; i++) whole[at + i] = old[from + front * inner + i] + difference(whole[at + i]);
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
    data[name] = kept[0] + kept[1] + kept[2] ? joined(held[name], array, shape, kept) : array;
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
