// A list of work by keyboard: table[data-list-keys]. J and K move from row to row, Enter opens (the row's link has the
// focus), X ticks, / goes to the search, ? opens the list of keys. Without this the same links and boxes do the same.
import { free } from "./keys.js";

const list = document.querySelector("[data-list-keys]");
const rows = list ? [...list.querySelectorAll("tbody tr")] : [];
const link = (row) => row.querySelector("th a[href]");
let at = -1;

list?.addEventListener("focusin", (event) => { at = rows.indexOf(event.target.closest("tbody tr")); });

function move(by) {
  at = Math.min(rows.length - 1, Math.max(0, at + by));
  link(rows[at])?.focus();
}

function tick() {
  const box = rows[at]?.querySelector("input[type=checkbox]");
  if (box) box.click();
}

function search() {
  document.querySelector("[role=search] input:not([type=hidden])")?.focus();
}

function help() {
  const keys = document.querySelector("details[data-keys-help]");
  if (!keys) return;
  keys.open = true;
  keys.querySelector("summary").focus();
  keys.scrollIntoView({ block: "nearest" });
}

const deeds = { j: () => move(1), k: () => move(-1), x: tick, "/": search, "?": help };

if (list) document.addEventListener("keydown", (event) => {
  const deed = deeds[event.key.toLowerCase()];
  if (!deed || !free(event)) return;
  event.preventDefault();
  deed();
});
