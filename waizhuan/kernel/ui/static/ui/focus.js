// What went wrong takes the focus, so that nobody has to look for it; a link in it leads to its field.
document.querySelector("[data-focus]")?.focus({ preventScroll: false });

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
