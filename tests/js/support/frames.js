// Reads board blobs, one file each, as the page does, and prints what their panels then hold: one JSON line a blob.

import { readFileSync } from "node:fs";

import { readFrame } from "../../../assets/components/shared/frames.js";

const plain = (/** @type {string} */ _, /** @type {any} */ value) => (ArrayBuffer.isView(value) ? [...value] : value);

for (const path of process.argv.slice(2)) {
  const read = readFrame(new Uint8Array(readFileSync(path)));
  const panels = read && Object.fromEntries(read.parts.map(({ name, data }) => [name, data]));
  process.stdout.write(JSON.stringify(panels, plain) + "\n");
}
