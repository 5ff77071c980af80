// A file is sent as soon as it is chosen: the button beside it is pressed for the reader. Says that it is under way.
document.addEventListener("change", (event) => {
  const input = event.target.closest("input[type=file][data-upload]");
  if (!input || !input.files.length) return;
  const button = input.form.querySelector(`button[name="do"][value="${CSS.escape(input.dataset.upload)}"], button[name="${CSS.escape(input.dataset.upload)}"]`);
  if (!button) return;
  button.setAttribute("aria-busy", "true");
  input.form.requestSubmit(button);
});
