// Bytes as pages/ui/board/payload.py packs them.

import { Buffer } from "node:buffer";

/**
 * @param {Buffer} bytes
 * @param {string | number} fill
 */
const padded = (bytes, fill) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3, fill)]);

/**
 * Length, header, and parts, each padded to 4; at an odd place of a larger buffer, as a message's part may lie.
 * @param {object} header
 * @param {(Uint8Array | string)[]} parts
 */
export function pack(header, ...parts) {
  const head = padded(Buffer.from(JSON.stringify(header)), " ");
  const size = Buffer.alloc(4);
  size.writeUInt32LE(head.length);
  const all = Buffer.concat([size, head, ...parts.map((part) => padded(Buffer.from(part), 0))]);
  const odd = new Uint8Array(all.length + 1);
  odd.set(all, 1);
  return odd.subarray(1);
}

/** @param {ArrayBufferView} array */
export const raw = (array) => new Uint8Array(array.buffer);

/**
 * A board of panels, each of JSON.
 * @param {[name: string, span: number, data: object][]} panels
 */
export function packBoard(...panels) {
  const parts = panels.map(([, , data]) => JSON.stringify(data));
  const listed = panels.map(([name, span], i) => [name, span, "json", "whole", Buffer.byteLength(parts[i])]);
  return pack({ frame: "only", base: "", panels: listed }, ...parts);
}
