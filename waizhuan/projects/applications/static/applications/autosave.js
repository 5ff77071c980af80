// Saves what was touched, a moment after the last key; says when, and why not. Without it the buttons save.
// Only touched fields are ever sent, so that whoever writes in another field of the same section is not overwritten.
const WAIT = 1200;
const AGAIN = 5000;

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const status = document.querySelector("[data-saved]");
  const touched = new Set();
  const open = new Map(); // fields that somebody else changed as well, until the reader has decided → their words
  let timer = 0;
  let running = null;
  let passing = false;

  const tell = (text, bad) => { status.textContent = text; status.classList.toggle("wz-bad", bad); };
  const say = (key, at = "") => tell(status.dataset[key].replace("#", at), ["failed", "offline", "expired", "clash"].includes(key));
  const later = (ms) => { clearTimeout(timer); timer = setTimeout(save, ms); };
  const controls = (name) => { const found = form.elements[name]; return found instanceof RadioNodeList ? found[0] : found; };

  // one save at a time; true: everything that was touched is stored
  function save() {
    clearTimeout(timer);
    running ??= send().finally(() => { running = null; });
    return running;
  }

  async function send(renewed = false) {
    const sent = [...touched];
    const data = new FormData();
    for (const name of ["csrfmiddlewaretoken", "base"]) data.append(name, controls(name).value);
    data.append("touched", sent.join(" "));
    const values = new Map(sent.map((name) => [name, controls(name)?.value ?? ""]));
    values.forEach((value, name) => data.append(name, value));
    if (sent.length) say("saving");
    let answer;
    try {
      answer = await fetch(form.dataset.autosave, { method: "POST", body: data, headers: { "HX-Request": "true" } });
    } catch { say("offline"); later(AGAIN); return false; }
    if (answer.ok && !answer.redirected) {
      const told = await answer.json();
      values.forEach((value, name) => { if (controls(name)?.value === value) touched.delete(name); });
      form.elements.base.value = told.version;
      show(told);
      if (open.size) say("clash"); else if (sent.length) say("done", told.at);
      if (touched.size) later(WAIT);
      return touched.size === 0;
    }
    if (answer.status === 409) { tell((await answer.json()).reason, true); return false; }
    if ([401, 403].includes(answer.status) || answer.redirected) {
      if (!renewed && await renew()) return send(true);
      say("expired");
    } else say("failed");
    later(AGAIN);
    return false;
  }

  // whoever signed in again in another window has a new session, and with it a new token
  async function renew() {
    try {
      const answer = await fetch(location.pathname, { headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok || answer.redirected) return false;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const token = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
      if (token) document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token; });
      return Boolean(token);
    } catch { return false; }
  }

  function show(told) {
    for (const [id, text] of Object.entries(told.outs)) {
      document.querySelectorAll(`[data-out="${CSS.escape(id)}"]`).forEach((e) => { e.textContent = text; });
    }
    for (const [name, { state, shape }] of Object.entries(told.marks)) {
      document.querySelectorAll(`[data-mark="${CSS.escape(name)}"]`).forEach((e) => { e.textContent = state; });
      document.querySelectorAll(`[data-shape="${CSS.escape(name)}"]`).forEach((e) => {
        e.className = { ok: "wz-ok", bad: "wz-bad" }[shape] ?? "wz-muted";
        const use = e.querySelector("use");
        use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#i-${shape}`));
      });
    }
    for (const [id, amount] of Object.entries(told.meters ?? {})) {
      document.querySelectorAll(`[data-meter="${CSS.escape(id)}"]`).forEach((e) => { e.value = amount; });
    }
    for (const line of form.querySelectorAll("[data-error]")) {
      const text = told.errors[line.dataset.error] ?? "";
      line.hidden = !text;
      line.querySelector("span").textContent = text;
      controls(line.dataset.error)?.toggleAttribute?.("aria-invalid", Boolean(text));
    }
    told.clashes.forEach(({ name, theirs }) => dispute(name, theirs));
    for (const [name, value] of Object.entries(told.theirs)) {
      const control = controls(name);
      if (control && control.value !== value && !touched.has(name) && !open.has(name)) control.value = value;
    }
  }

  function dispute(name, theirs) {
    const control = controls(name);
    if (!control) return;
    open.set(name, theirs);
    const id = `theirs_${name}`;
    const note = document.getElementById(id) ?? document.createElement("p");
    note.id = id;
    note.className = "wz-note";
    note.textContent = status.dataset.theirs.replace("#", theirs);
    control.before(note);
  }

  const settle = (name) => { open.delete(name); document.getElementById(`theirs_${name}`)?.remove(); };

  form.addEventListener("input", (event) => {
    if (event.target.type === "file" || !event.target.name) return;
    settle(event.target.name);
    touched.add(event.target.name);
    later(WAIT);
  });
  // a button saves first, while the page with everything typed is still here; only then the form goes off
  form.addEventListener("submit", async (event) => {
    if (passing) return;
    event.preventDefault();
    const button = event.submitter;
    const decided = [...open.keys()]; // shown before this press: pressing means "mine"
    decided.forEach((name) => { settle(name); touched.add(name); });
    button?.setAttribute("aria-busy", "true");
    let done = await save();
    if (!done && touched.size && !open.size && !status.classList.contains("wz-bad")) done = await save();
    button?.removeAttribute("aria-busy");
    if (!done || open.size) {
      status.scrollIntoView({ block: "center" });
      return;
    }
    const mark = form.elements.touched ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "touched" }));
    mark.value = "";
    passing = true;
    form.requestSubmit(button);
    setTimeout(() => { passing = false; }, 0);
  });
  globalThis.addEventListener("online", () => { if (touched.size) later(0); });
  globalThis.addEventListener("beforeunload", (event) => { if (touched.size || open.size) event.preventDefault(); });
}
