// Reward against another quantity: a point a cell, a path a method; each point shows its image.

function drawHacking() {
  const holder = byId("hacking-chart");
  holder.replaceChildren();
  if (!holder.clientHeight) return; // its part of the page is closed
  if (state.judge === undefined) return said(holder, "The run measured nothing beside the reward.");
  const judge = cells.judges[state.judge];
  const points = rows.filter((i) => isShown(i) && judge[i] !== null && cells.reward[i] !== null);
  if (!points.length) return said(holder, "No cell that is switched on has this quantity.");
  const paths = Object.entries(data.paths[state.task]).filter(([name]) => !hidden.has(name));
  const joined = (key) => paths.flatMap(([, path]) => path[key]);
  const xRange = widened(range([...points.map((i) => judge[i]), ...joined(state.judge)]));
  const yRange = widened(range([...points.map((i) => cells.reward[i]), ...joined("reward")]));
  const plot = frame(holder, xRange, yRange, { xLabel: state.judge, yLabel: "reward" });
  for (const i of points) {
    glyph(plot.root, looks.get(cells.method[i]), plot.x(judge[i]), plot.y(cells.reward[i]), 3.5, { "fill-opacity": 0.45 });
  }
  for (const [name, path] of paths) drawPath(plot, looks.get(name), path[state.judge], path.reward);
  pointable(holder, plot, points, judge);
}

function isShown(i) {
  const budget = state.budget === "all" || String(cells.budget[i]) === state.budget;
  return cells.task[i] === state.task && budget && !hidden.has(cells.method[i]);
}

function drawPath(plot, look, xs, ys) {
  const known = xs.map((x, i) => [x, ys[i]]).filter(([x, y]) => x !== null && y !== null).map(([x, y]) => [plot.x(x), plot.y(y)]);
  const line = { points: known.map((one) => one.join(",")).join(" "), fill: "none", stroke: look.colour, "stroke-width": 2 };
  svg(plot.root, "polyline", { ...line, "stroke-dasharray": dashes(look) });
  const edge = { stroke: "#fff", "stroke-width": 1.2 };
  known.forEach(([x, y], i) => glyph(plot.root, look, x, y, 4 + (3 * (i + 1)) / known.length, edge));
}

function pointable(holder, plot, points, judge) {
  const ring = svg(plot.root, "circle", { r: 8, fill: "none", stroke: INK, "stroke-width": 2, visibility: "hidden" });
  const order = [...points].sort((a, b) => judge[a] - judge[b]);
  const at = (i) => ({ cx: plot.x(judge[i]), cy: plot.y(cells.reward[i]) });
  let place = -1;
  const show = (index) => {
    place = (index + order.length) % order.length;
    const i = order[place];
    for (const [name, value] of Object.entries({ ...at(i), visibility: "visible" })) ring.setAttribute(name, value);
    showCard(i, judge[i]);
  };
  holder.onpointermove = holder.onpointerdown = (event) => {
    const box = holder.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
    const far = order.map((i) => Math.hypot(at(i).cx - x, at(i).cy - y));
    const nearest = far.reduce((best, one, i) => (one < far[best] ? i : best), 0);
    if (far[nearest] < 28) show(nearest);
  };
  holder.onkeydown = (event) => arrows(event, (by) => show(place + by));
}

function showCard(i, value) {
  const name = cells.method[i];
  byId("card").replaceChildren(
    picture(i),
    html("p", {}, swatch(name), ` ${name}`),
    html("p", {}, cells.prompt[i]),
    html("p", {}, `seed ${cells.seed[i]}, at ${cells.when[i]}`),
    html("p", {}, `reward ${number(cells.reward[i])}`),
    html("p", {}, `${state.judge} ${number(value)}`),
  );
}
