// Show and hide a password: [data-reveal="id of the field"]. Before the form is sent it is hidden again.
const buttons = () => document.querySelectorAll("[data-reveal]");

function set(button, shown) {
  const field = document.getElementById(button.dataset.reveal);
  if (!field) return;
  field.type = shown ? "text" : "password";
  button.querySelector("[data-word]").textContent = shown ? button.dataset.hide : button.dataset.show;
  button.setAttribute("aria-pressed", String(shown));
}

function begin() {
  buttons().forEach((button) => { button.hidden = false; });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-reveal]");
  if (button) set(button, button.getAttribute("aria-pressed") !== "true");
});
document.addEventListener("submit", () => buttons().forEach((button) => set(button, false)), true);
document.addEventListener("htmx:afterSwap", begin);
begin();
