// Gain or reward over cost: a step a method, points where nothing is known between its results.

function drawCurves() {
  const holder = byId("curve-chart");
  holder.replaceChildren();
  const series = data.curves[state.kind][state.axis]?.[state.task] ?? {};
  const shown = Object.entries(series).filter(([name]) => !hidden.has(name));
  if (!shown.length) return said(holder, "No method is switched on, or none has a curve on this axis.");
  const all = (key) => shown.flatMap(([, curve]) => curve[key]);
  const xs = [...new Set(all("x"))].sort((a, b) => a - b);
  const edges = state.bands ? [...all("low"), ...all("high")] : [];
  const xRange = state.log ? logRange(xs) : [0, xs[xs.length - 1]];
  const xLabel = data.axes.find((axis) => axis.key === state.axis).label;
  const yLabel = data.kinds.find((kind) => kind.key === state.kind).label;
  const labels = { log: state.log, xLabel, yLabel };
  const plot = frame(holder, xRange, widened(range([...edges, ...all("mean")])), labels);
  const coloured = standingOut(shown), telling = shown.filter(([name]) => coloured.has(name));
  const grey = { colour: data.muting.colour, dash: [] };
  for (const [name, curve] of shown) if (!coloured.has(name)) drawCurve(plot, name, curve, { ...looks.get(name), ...grey });
  if (state.bands) for (const [name, curve] of telling) drawBand(plot, looks.get(name), curve);
  for (const [name, curve] of telling) drawCurve(plot, name, curve, looks.get(name));
  readable(holder, plot, xs, shown, xLabel);
}

// Of more methods than an eye can follow the best, and what others are held against.
function standingOut(shown) {
  const { most, always } = data.muting;
  const rank = ([name, curve]) => (shown.length <= most || always.includes(name) ? Infinity : curve.mean.at(-1));
  const ranked = [...shown].sort((a, b) => (rank(a) < rank(b) ? 1 : rank(a) > rank(b) ? -1 : 0));
  return new Set(ranked.slice(0, most).map(([name]) => name));
}

function drawCurve(plot, name, curve, look) {
  const last = curve.x.length - 1;
  const line = { d: steps(curve.x, curve.mean, plot), fill: "none", stroke: look.colour, "stroke-width": 2 };
  if (!look.pointwise) svg(plot.root, "path", { ...line, "stroke-dasharray": dashes(look), "data-method": name });
  curve.x.forEach((x, i) => {
    if (look.pointwise || i === last) glyph(plot.root, look, plot.x(x), plot.y(curve.mean[i]), 5, { "data-point": name });
  });
}

function drawBand(plot, look, curve) {
  if (curve.low[0] === null) return;
  if (!look.pointwise) return svg(plot.root, "path", { d: band(curve, plot), fill: look.colour, "fill-opacity": 0.1 });
  curve.x.forEach((x, i) => svg(plot.root, "line", {
    x1: plot.x(x), x2: plot.x(x), y1: plot.y(curve.low[i]), y2: plot.y(curve.high[i]), stroke: look.colour, "stroke-opacity": 0.5,
  }));
}

function steps(xs, ys, plot) {
  return xs.map((x, i) => (i ? `H${plot.x(x).toFixed(1)}V` : `M${plot.x(x).toFixed(1)} `) + plot.y(ys[i]).toFixed(1)).join("");
}

// The upper edge forwards, the lower one back; both are steps that hold to the right.
function band(curve, plot) {
  let back = "";
  for (let i = curve.x.length - 1; i >= 0; i--) {
    back += `V${plot.y(curve.low[i]).toFixed(1)}H${plot.x(curve.x[i]).toFixed(1)}`;
  }
  return `${steps(curve.x, curve.high, plot)}${back}Z`;
}
