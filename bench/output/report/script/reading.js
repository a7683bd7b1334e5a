// A line that follows the pointer or the arrow keys, and what every curve is at it.
const MOST_READ = 10;

function readable(holder, plot, xs, shown, label) {
  const line = svg(plot.root, "line", { y1: plot.box.top, y2: plot.box.bottom, stroke: SOFT, visibility: "hidden" });
  const tip = html("div", { class: "tip", hidden: "", "aria-live": "polite" });
  holder.append(tip);
  let place = xs.length - 1;
  const show = (index) => {
    place = Math.min(Math.max(index, 0), xs.length - 1);
    const at = plot.x(xs[place]);
    for (const [name, value] of Object.entries({ x1: at, x2: at, visibility: "visible" })) line.setAttribute(name, value);
    tip.replaceChildren(html("b", {}, `${number(xs[place])} ${label}`), ...readings(shown, xs[place]));
    tip.hidden = false;
    beside(tip, holder, at, plot.box.top);
  };
  holder.onpointermove = holder.onpointerdown = (event) => {
    const at = event.clientX - holder.getBoundingClientRect().left;
    show(xs.reduce((best, x, i) => (plot.x(x) <= at ? i : best), 0));
  };
  holder.onpointerleave = holder.onblur = () => {
    tip.hidden = true;
    line.setAttribute("visibility", "hidden");
  };
  holder.onkeydown = (event) => arrows(event, (by) => show(tip.hidden ? place : place + by));
}

function readings(shown, at) {
  const values = shown.map(([name, curve]) => [name, curve, latest(name, curve.x, at)]).filter(([, , i]) => i >= 0);
  values.sort((a, b) => b[1].mean[b[2]] - a[1].mean[a[2]]);
  const rest = values.splice(MOST_READ);
  const lines = values.map(([name, curve, i]) => {
    const interval = curve.low[i] === null ? "" : ` [${number(curve.low[i])}, ${number(curve.high[i])}]`;
    return html("div", {}, swatch(name), `${name} ${number(curve.mean[i])}${interval}`);
  });
  return rest.length ? [...lines, html("div", {}, `and ${rest.length} more below these`)] : lines;
}

// Where a curve is read: not known beyond its last point, nor between points that are not joined.
function latest(name, xs, at) {
  let found = -1;
  while (found + 1 < xs.length && xs[found + 1] <= at) found++;
  const between = at > xs[found] && (found === xs.length - 1 || looks.get(name).pointwise);
  return between ? -1 : found;
}

function beside(tip, holder, x, y) {
  const room = holder.clientWidth - tip.offsetWidth;
  tip.style.left = `${Math.max(0, Math.min(x + 14, room, x + 14 > room ? x - tip.offsetWidth - 14 : Infinity))}px`;
  tip.style.top = `${y}px`;
}
