// Ticks off the password rules while one types: [data-password-rules="id of the field"]. The server judges by the same
// table; the expressions, lengths and names come from it. The list of common passwords is fetched when the field is used.
const met = "ok", open = "none";

function draw(item, fulfilled) {
  const icon = item.querySelector("svg");
  if (icon.dataset.state === String(fulfilled)) return;
  icon.dataset.state = String(fulfilled);
  const use = icon.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#i-.*$/, "#i-" + (fulfilled ? met : open)));
  const words = item.closest("[data-password-rules]").dataset;
  icon.setAttribute("aria-label", fulfilled ? words.met : words.open);
  item.classList.toggle("is-met", fulfilled);
}

// Ratcliff and Obershelp: what two words share, twice, by their lengths together.
function shared(a, b) {
  let length = 0, atA = 0, atB = 0;
  for (let i = 0; i < a.length; i += 1) {
    for (let j = 0; j < b.length; j += 1) {
      let n = 0;
      while (i + n < a.length && j + n < b.length && a[i + n] === b[j + n]) n += 1;
      if (n > length) [length, atA, atB] = [n, i, j];
    }
  }
  if (!length) return 0;
  return length + shared(a.slice(0, atA), b.slice(0, atB)) + shared(a.slice(atA + length), b.slice(atB + length));
}

function similar(password, words) {
  const plain = password.toLowerCase();
  return words.some((word) => [...word].length >= (/^[ -~]*$/.test(word) ? 3 : 2)
    && (plain.includes(word) || (2 * shared(plain, word)) / (plain.length + word.length) > 0.7));
}

function watch(list) {
  const field = document.getElementById(list.dataset.passwordRules);
  if (!field || list.dataset.watched) return;
  list.dataset.watched = "yes";
  const login = document.getElementById(list.dataset.login);
  let common = null;

  function words() {
    return [...list.dataset.words.split("\n"), login ? login.value : ""].map((w) => w.trim().toLowerCase());
  }

  function judge() {
    const password = field.value;
    const length = [...password].length;
    const kinds = [...list.querySelectorAll("[data-pattern]")];
    for (const kind of kinds) draw(kind, new RegExp(kind.dataset.pattern).test(password));
    const answers = {
      length: length >= Number(list.dataset.shortest) && length <= Number(list.dataset.longest),
      common: password !== "" && common !== null && !common.has(password.toLowerCase().trim()),
      similar: password !== "" && !similar(password, words()),
      kinds: kinds.filter((kind) => kind.classList.contains("is-met")).length >= 3,
      allowed: [...password].every((c) => kinds.some((kind) => new RegExp(kind.dataset.pattern).test(c))),
    };
    for (const item of list.querySelectorAll("[data-rule]")) {
      const fulfilled = answers[item.dataset.rule];
      item.classList.toggle("is-open", !fulfilled);
      draw(item, fulfilled);
      if (item.dataset.rule === "allowed") item.hidden = fulfilled;
    }
  }

  async function fetchCommon() {
    if (common !== null) return;
    try {
      common = new Set((await (await fetch(list.dataset.common)).json()).passwords);
    } catch {
      return; // the line stays open; the server judges it all the same
    }
    judge();
  }

  field.addEventListener("focus", fetchCommon, { once: true });
  field.addEventListener("input", judge);
  if (login) login.addEventListener("input", judge);
  if (field.value) fetchCommon();
}

document.querySelectorAll("[data-password-rules]").forEach(watch);
