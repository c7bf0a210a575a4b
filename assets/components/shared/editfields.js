// What each kind of edit needs to be told, and what there is to choose from in this model and on this prompt.

import { amountWord } from "./editwords.js";
import { glyph } from "./text.js";

/** @typedef {import("../panels/edits.js").Payload} Payload */
/** @typedef {Record<string, string>} Values what is chosen in the form, by field, in the words of a link */
/** @typedef {[word: string, text: string]} Option */
/** @typedef {{ name: string, label: string, options: Option[] | null, problem: string }} Field no options: a number */

/** @type {Record<string, string>} */
export const KINDS = {
  head: "Silence a head",
  mlp: "Silence an MLP",
  attn: "Silence a layer's attention",
  token: "Silence a token",
  neuron: "Silence a neuron",
  scale: "Scale what flows",
  patch: "Patch from another prompt",
  add: "Add a direction",
  weight: "Set one weight",
  cut: "Cut an edge",
  off: "Switch a part off",
};

const OR_ALL = "-or-all"; // behind the name of a field in which "all" may be chosen
/** What follows each kind, in the order of the words. @type {Record<string, string[]>} */
const FORMS = {
  head: ["layer", "head", "mode"],
  mlp: ["layer", "mode"],
  attn: ["layer", "mode"],
  token: ["token", "mode"],
  neuron: ["layer", "neuron"],
  scale: ["site", "layer", "head-or-all", "amount"],
  patch: ["site", "layer", "head-or-all", "token-or-all"],
  add: ["site", "layer", "token-or-all", "amount", "of"],
  weight: ["layer", "head", "query", "key", "amount"],
  cut: ["layer-or-all", "head-or-all", "query", "key"],
  off: ["part"],
};
/** @type {Record<string, string[]>} */
const OF = { token: ["id"], neuron: ["of-layer", "of-neuron"], prompts: [] };

/** @type {Record<string, string>} */
const LABELS = {
  layer: "layer",
  head: "head",
  mode: "it says",
  neuron: "neuron",
  site: "what",
  token: "token",
  query: "token that looks",
  key: "no longer sees",
  part: "part",
  of: "direction of",
  id: "which token",
  "of-layer": "of layer",
  "of-neuron": "its neuron",
};
/** @type {Record<string, [string, number, number, string]>} label, bounds, and what it begins with */
const AMOUNTS = {
  scale: ["times", -1000, 1000, "2.0"],
  add: ["strength", -1000, 1000, "4.0"],
  weight: ["weight", 0, 1, "0.5"],
};
/** @type {Option[]} */
const MODES = [
  ["zero", "nothing"],
  ["mean", "its mean so far"],
];
/** @type {Option[]} */
const DIRECTIONS = [
  ["token", "a token's vector"],
  ["neuron", "what a neuron writes"],
  ["prompts", "the other prompt less this one"],
];

/** @param {number} n @param {string} [name] @returns {Option[]} */
const counted = (n, name = "") => Array.from({ length: n }, (_, i) => [String(i + 1), `${name}${i + 1}`]);

/**
 * The fields that a kind needs now, each with what may be chosen in it. `values` is brought to what there is.
 * @param {string} kind
 * @param {Values} values
 * @param {Payload} data
 */
export function fieldsOf(kind, values, data) {
  /** @type {Field[]} */
  const fields = [];
  const sited = FORMS[kind].includes("site");
  for (const name of FORMS[kind]) {
    const per = sited && data.sites.find(([word]) => word === values.site)?.[2];
    if (sited && name === "head-or-all" && per !== "head") continue;
    if (kind === "patch" && name === "token-or-all" && per !== "vector") continue;
    fields.push(field(kind, name, values, data));
    if (name === "of") for (const more of OF[values.of]) fields.push(field(kind, more, values, data));
  }
  return fields;
}

/**
 * @param {string} kind
 * @param {string} name
 * @param {Values} values
 * @param {Payload} data
 * @returns {Field}
 */
function field(kind, name, values, data) {
  const all = name.endsWith(OR_ALL);
  const plain = name.replace(OR_ALL, "");
  const options = optionsOf(kind, plain, values, data);
  if (!options) return numberField(kind, name, values, data);
  /** @type {Option[]} */
  const every = all ? [["all", "all"], ...options] : options;
  if (!every.some(([word]) => word === values[name])) values[name] = (all ? every[0] : every.at(-1))?.[0] ?? "";
  const problem = every.length ? "" : "There is none on this prompt: type more tokens.";
  const label = name === "key" && kind === "weight" ? "and looks at" : LABELS[plain];
  return { name, label, options: every, problem };
}

/**
 * @param {string} kind
 * @param {string} name
 * @param {Values} values
 * @param {Payload} data
 * @returns {Field}
 */
function numberField(kind, name, values, { N }) {
  const [label, least, most, first] =
    name === "amount" ? AMOUNTS[kind] : /** @type {[string, number, number, string]} */ ([LABELS[name], 1, N, "1"]);
  const at = name === "amount" ? `amount-${kind}` : name;
  values[at] ??= first;
  const number = Number(values[at]);
  const whole = name === "amount" || Number.isInteger(number);
  const right = values[at].trim() !== "" && whole && number >= least && number <= most;
  const kindOfNumber = name === "amount" ? "a number" : "a whole number";
  return { name: at, label, options: null, problem: right ? "" : `Give ${kindOfNumber} from ${least} to ${most}.` };
}

/**
 * What may be chosen; null where a number is asked for.
 * @param {string} kind
 * @param {string} name
 * @param {Values} values
 * @param {Payload} data
 * @returns {Option[] | null}
 */
function optionsOf(kind, name, values, { L, H, tokens, causal, sites, parts, vocabulary }) {
  const place = (/** @type {string} */ text, /** @type {number} */ i) => `${i + 1} ${glyph(text)}`;
  /** @type {Option[]} */
  const every = tokens.map((text, i) => [String(i + 1), place(text, i)]);
  switch (name) {
    case "layer":
    case "of-layer":
      return counted(L);
    case "head":
      return counted(H);
    case "mode":
      return MODES;
    case "of":
      return DIRECTIONS;
    case "part":
      return parts;
    case "site":
      return sites.filter(([, , per]) => kind !== "add" || per === "vector").map(([word, text]) => [word, text]);
    case "token":
      return every;
    case "query":
      return causal ? every.slice(1) : every.length > 1 ? every : [];
    case "key":
      return every.slice(0, causal ? Number(values.query) : undefined);
    case "id":
      return vocabulary.map(([id, text]) => [String(id), glyph(text)]);
    default:
      return null;
  }
}

/**
 * The line that the fields tell, in the words of a link.
 * @param {string} kind
 * @param {Values} values
 * @param {Field[]} fields that `fieldsOf` gave
 */
export function lineOf(kind, values, fields) {
  const shown = new Set(fields.map(({ name }) => name));
  const words = FORMS[kind].map((name) => {
    if (name === "amount") return amountWord(Number(values[`amount-${kind}`]));
    if (!shown.has(name)) return "all"; // what such a site does not have
    const more = name === "of" ? OF[values.of].map((one) => values[one]) : [];
    return [values[name], ...more].join(".");
  });
  return [kind, ...words].join(".");
}

/**
 * Whether what is chosen needs the other prompt.
 * @param {string} kind
 * @param {Values} values
 */
export const needsOther = (kind, values) => kind === "patch" || (kind === "add" && values.of === "prompts");
