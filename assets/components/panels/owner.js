// Who this browser is: a random word that it keeps, so that only whoever started a run can stop it. Shows nothing.
export default function ({ data, setStateValue }) {
  const key = "nanoscope-owner";
  let token = localStorage.getItem(key);
  if (!/^[a-z0-9]{16,40}$/.test(token ?? "")) {
    token = [...crypto.getRandomValues(new Uint8Array(20))].map((byte) => (byte % 36).toString(36)).join("");
    localStorage.setItem(key, token);
  }
  if (data.token !== token) setStateValue("token", token);
}
