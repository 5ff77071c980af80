// A field that only one answer calls for: [data-only-for="name of the other field=value"]. Without scripts it is always
// there and its hint says when to fill it in.
const fields = () => document.querySelectorAll("[data-only-for]");

function draw(field) {
  const [name, value] = field.dataset.onlyFor.split("=");
  const other = field.form?.elements[name];
  if (other) field.closest(".wz-field").hidden = other.value !== value && field.getAttribute("aria-invalid") !== "true";
}

const drawAll = () => fields().forEach(draw);

document.addEventListener("change", drawAll);
document.addEventListener("htmx:afterSwap", drawAll);
drawAll();
