// What the page holds, and what its reader has chosen.
const data = JSON.parse(document.getElementById("data").textContent);
const cells = data.cells;
const rows = cells.task.map((_, i) => i);
const looks = new Map(data.methods.map((method) => [method.name, method]));
const hidden = new Set();
const state = {
  task: 0, kind: data.kinds[0].key, axis: data.axes[0]?.key, log: true, bands: true,
  judge: data.judges[0], budget: null, prompt: null, seed: null, film: null,
};
