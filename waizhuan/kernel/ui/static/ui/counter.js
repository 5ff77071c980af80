// Counts down what may still be written: <textarea data-counter="200"> and its line #<id>_left.
function count(field) {
  const line = document.getElementById(`${field.id}_left`);
  if (!line) return;
  const left = Number(field.dataset.counter) - [...field.value.replaceAll("\r\n", "\n")].length;
  line.textContent = (left < 0 ? line.dataset.over : line.dataset.left).replace("#", Math.abs(left));
  line.classList.toggle("wz-over", left < 0);
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-counter]")) count(event.target);
});
document.querySelectorAll("[data-counter]").forEach(count);
