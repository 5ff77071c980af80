// Single-key shortcuts: [data-key="a"] is pressed by A. They do nothing while a field has the focus, with a modifier,
// or after the reader switched them off (a checkbox [data-keys-switch]; remembered in this browser).
const MEMORY = "waizhuan.keys";
const memory = {
  get: () => { try { return localStorage.getItem(MEMORY); } catch { return null; } },
  set: (value) => { try { localStorage.setItem(MEMORY, value); } catch { /* private window: only for this page */ } },
};
let on = memory.get() !== "off";

function show() {
  document.documentElement.toggleAttribute("data-keys-off", !on);
  document.querySelectorAll("[data-keys-switch]").forEach((box) => { box.checked = on; });
}

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-switch]")) return;
  on = event.target.checked;
  memory.set(on ? "on" : "off");
  show();
});

const TYPING = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable], dialog[open]";

// May this press be a shortcut?
export function free(event) {
  if (!on || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
  return !event.target.closest(TYPING);
}

document.addEventListener("keydown", (event) => {
  if (event.repeat || !free(event)) return;
  if (!/^[a-z0-9]$/i.test(event.key)) return;
  const target = document.querySelector(`[data-key="${event.key.toLowerCase()}"]`);
  if (!target || target.getAttribute("aria-disabled") === "true") return;
  event.preventDefault();
  target.click();
});

show();
