// Connects the controls, and draws for the first time.

function draw() {
  drawCurves();
  drawHacking();
  drawSheet();
}

function switchTask() {
  offerTask();
  draw();
}

options(byId("task"), data.tasks.map((task, i) => [String(i), task]), "0");
connect("task", "task", switchTask, Number);
connect("judge", "judge", drawHacking);
connect("budget", "budget", drawHacking);
connect("prompt", "prompt", drawSheet, Number);
connect("seed", "seed", drawSheet);
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
offerAxes();
switchTask();
document.querySelectorAll(".results table").forEach(sortable);
let width = document.body.clientWidth;
new ResizeObserver(() => {
  if (document.body.clientWidth === width) return;
  width = document.body.clientWidth;
  draw();
}).observe(document.body);
