// What went wrong takes the focus, so that nobody has to look for it; a link in it leads to its field.
document.querySelector("[data-focus]")?.focus({ preventScroll: false });

// The present tab of a bar that goes on beyond the edge is in sight; the page itself stays where it is.
const tab = document.querySelector(".wz-views [aria-current]");
const bar = tab?.parentElement;
if (bar) bar.scrollLeft += Math.max(0, tab.getBoundingClientRect().right - bar.getBoundingClientRect().right);

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".wz-problem a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  (field.closest(".wz-field") ?? field).scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
});

document.addEventListener("htmx:afterSettle", (event) => {
  event.target.querySelector?.("[data-focus]")?.focus();
});
