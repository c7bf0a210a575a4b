// The numbers of a picture as a file, made in the browser.

import { el } from "./dom.js";

/** @typedef {string | number | null} Field */

/**
 * Rows as CSV. Text that a spreadsheet would take for a formula gets an apostrophe in front.
 * @param {Field[][]} rows
 */
export function csvOf(rows) {
  const field = (/** @type {Field} */ value) => {
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? "");
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => row.map(field).join(",") + "\n").join("");
}

/**
 * Save something as a file.
 * @param {Blob} blob
 * @param {string} file
 */
export function save(blob, file) {
  const link = el("a", { href: URL.createObjectURL(blob), download: file });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}

/**
 * @param {Field[][]} rows
 * @param {string} file
 */
export const saveCsv = (rows, file) => save(new Blob([csvOf(rows)], { type: "text/csv" }), file);
