// A form is sent once: a second click while the first is on its way does nothing.
// The button stays enabled, so that its name and value are sent and the focus stays where it is.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.dataset.many !== undefined) return;
  if (form.dataset.sent !== undefined) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  event.submitter?.setAttribute("aria-busy", "true");
  // A page that comes back from the history, or a download that leaves the page open, can be sent again.
  setTimeout(() => release(form), 8000);
});

addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
document.addEventListener("htmx:afterRequest", (event) => release(event.target.closest("form") ?? document.createElement("form")));

function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}
