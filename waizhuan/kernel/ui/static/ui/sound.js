// [data-sound]: a link to a recording that plays here instead of on a page of its own.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-sound]");
  if (!link) return;
  event.preventDefault();
  new Audio(link.href).play().catch(() => window.open(link.href, "_blank", "noopener"));
});
