// A request in the background that fails is said on the page, never swallowed. A refused form (422) is shown as answered.
const said = document.getElementById("failed");

function say(text) {
  if (!said) return;
  said.textContent = text;
  said.hidden = false;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:sendError", () => say(said.dataset.offline));
document.addEventListener("htmx:timeout", () => say(said.dataset.offline));
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status !== 401) say(status >= 500 ? said.dataset.broken : said.dataset.refused);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && said) said.hidden = true;
});
