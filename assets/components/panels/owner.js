// Who this browser is: a random word that it keeps, so that only whoever started a run can stop it. Shows nothing.

import { Panel } from "../shared/panel.js";

/** @typedef {{ token: string }} Payload the word that Python knows */

const KEY = "nanoscope-owner";

/** @extends {Panel<Payload>} */
export default class Owner extends Panel {
  update() {
    let token = localStorage.getItem(KEY) ?? "";
    if (!/^[a-z0-9]{16,40}$/.test(token)) {
      const bytes = crypto.getRandomValues(new Uint8Array(20));
      token = [...bytes].map((byte) => (byte % 36).toString(36)).join("");
      localStorage.setItem(KEY, token);
    }
    if (this.data.token !== token) this.send("token", token);
  }
}
