// Zoom and turn the document on the stage by classes; the server draws everything else.
const STEPS = [50, 75, 100, 125, 150, 200, 300];
const TURNS = [0, 90, 180, 270];

for (const stage of document.querySelectorAll("[data-stage]")) {
  const picture = stage.querySelector("[data-stage-picture]");
  const zoom = stage.querySelector("[data-stage-zoom]");
  let size = STEPS.indexOf(100);
  let turn = 0;
  const draw = () => {
    for (const s of STEPS) picture.classList.toggle(`wz-zoom-${s}`, s === STEPS[size]);
    for (const t of TURNS) picture.classList.toggle(`wz-turn-${t}`, t === TURNS[turn]);
    zoom.textContent = `${STEPS[size]}%`;
  };
  const act = {
    smaller: () => { size = Math.max(0, size - 1); },
    larger: () => { size = Math.min(STEPS.length - 1, size + 1); },
    left: () => { turn = (turn + 3) % 4; },
    right: () => { turn = (turn + 1) % 4; },
    fit: () => { size = STEPS.indexOf(100); turn = 0; },
  };
  stage.addEventListener("click", (event) => {
    const button = event.target.closest("[data-stage-do]");
    if (button) { act[button.dataset.stageDo](); draw(); }
  });
  stage.querySelector("[data-stage-tools]").hidden = false;
  draw();
}
