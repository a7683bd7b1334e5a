// Connects the controls, and draws for the first time.

function draw() {
  drawCurves();
  drawHacking();
  drawGallery();
}

function switchTask() {
  offerTask();
  draw();
}

options(byId("task"), data.tasks.map((task, i) => [String(i), task]), "0");
connect("task", "task", switchTask, Number);
connect("judge", "judge", drawHacking);
connect("budget", "budget", drawHacking);
connect("prompt", "prompt", drawGallery, Number);
connect("seed", "seed", drawGallery);
byId("bands").onchange = (event) => {
  state.bands = event.target.checked;
  drawCurves();
};
for (const input of document.querySelectorAll('input[name="scale"]')) {
  input.onchange = () => {
    state.log = input.value === "log";
    drawCurves();
  };
}
offerChoices("kinds", data.kinds, "kind");
offerChoices("axes", data.axes, "axis");
switchTask();
document.querySelectorAll(".results table").forEach(sortable);

// A part that is closed opens where a link leads to it, and on paper; its chart has a size only then.
function reveal(hash) {
  const part = byId(hash.slice(1));
  if (part instanceof HTMLDetailsElement) part.open = true;
}

for (const link of document.querySelectorAll("nav a")) link.onclick = () => reveal(link.hash);
reveal(location.hash);
byId("hacking").ontoggle = drawHacking;
window.onbeforeprint = () => {
  for (const part of document.querySelectorAll("details")) part.open = true;
  draw();
};
let width = document.body.clientWidth;
new ResizeObserver(() => {
  if (document.body.clientWidth === width) return;
  width = document.body.clientWidth;
  draw();
}).observe(document.body);
