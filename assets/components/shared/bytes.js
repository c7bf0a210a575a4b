// What Python packs (payload.py): [u32 length][JSON header, padded to 4][arrays or parts, each padded to 4].

const ARRAYS = { u16: Uint16Array, i16: Int16Array, f32: Float32Array };

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

/**
 * The header with each array under its name; `header.arrays` lists their names, types and lengths.
 * @param {Uint8Array} bytes
 * @returns {any} the payload that the panel's typedef describes
 */
export function unpack(bytes) {
  const copy = bytes.slice(); // typed arrays need a beginning that is a multiple of 4
  const { header, at: first } = readHeader(copy);
  let at = first;
  for (const [name, type, length] of header.arrays) {
    const Kind = ARRAYS[/** @type {keyof typeof ARRAYS} */ (type)];
    header[name] = new Kind(copy.buffer, at, length);
    at += padded(length * Kind.BYTES_PER_ELEMENT);
  }
  return header;
}

/**
 * A page's panels: name, how many of 60 columns it takes, and its data, unpacked.
 * @param {Uint8Array} bytes
 * @returns {[name: string, span: number, data: any][]}
 */
export function unpackBoard(bytes) {
  const { header, at: first } = readHeader(bytes);
  let at = first;
  return header.panels.map((/** @type {[string, number, string, number]} */ [name, span, kind, length]) => {
    const part = bytes.subarray(at, at + length);
    at += padded(length);
    return [name, span, kind === "json" ? JSON.parse(new TextDecoder().decode(part)) : unpack(part)];
  });
}
