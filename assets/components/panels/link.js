// The address bar tells everything that one sees: this component alone writes it, a moment after the last change.
// "Copy link" takes it along; "Projector" makes everything larger for the back row.
export default function ({ parentElement: root, data }) {
  if (!root.copy) {
    root.copy = el("button", { type: "button", class: "soft", text: "Copy link" });
    root.large = el("button", { type: "button", class: "soft", text: "Projector" });
    root.said = el("span", { class: "said", role: "status" });
    root.append(el("div", { class: "row end" }, root.said, root.large, root.copy));
  }
  const address = () => {
    const url = new URL(location.href);
    url.search = "";
    for (const [name, value] of Object.entries(data.link)) url.searchParams.set(name, value);
    if (root.big) url.searchParams.set("present", "1");
    return url;
  };
  root.put = () => { if (address().href !== location.href) history.replaceState(history.state, "", address()); };
  const size = (big) => {
    root.big = big;
    document.documentElement.style.fontSize = big ? "21px" : "";
    root.large.setAttribute("aria-pressed", big);
  };
  if (root.big === undefined) size(data.present);
  clearTimeout(root.timer);
  root.timer = setTimeout(() => root.put(), 400);
  root.large.onclick = () => { size(!root.big); root.put(); window.dispatchEvent(new Event("resize")); };
  root.copy.onclick = async () => {
    root.put();
    try {
      await navigator.clipboard.writeText(address().href);
      root.said.textContent = "Link copied";
    } catch { root.said.textContent = "Copy it from the address bar"; }
    setTimeout(() => { root.said.textContent = ""; }, 2500);
  };
  return () => { clearTimeout(root.timer); document.documentElement.style.fontSize = ""; };
}
