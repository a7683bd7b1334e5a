"use strict";
// Draws what the page's data holds. Text from the run only ever becomes textContent, never markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const looks = new Map(data.methods.map((method) => [method.name, method]));
  const hidden = new Set();
  const state = { task: 0, axis: data.axes[0].key, log: true, bands: true, judge: data.judges[0], budget: null, prompt: 0, seed: null };

  // --- elements -------------------------------------------------------------------------------------------------

  function html(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  function svg(parent, tag, attributes = {}, text = "") {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.textContent = text;
    parent.append(node);
    return node;
  }

  function number(value) {
    if (value === null || value === undefined) return "—";
    const size = Math.abs(value);
    return size >= 1000 ? value.toFixed(0) : size && size < 1e-4 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
  }

  function swatch(name) {
    const look = looks.get(name);
    const node = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [key, value] of Object.entries({ width: 26, height: 10, "aria-hidden": "true" })) node.setAttribute(key, value);
    svg(node, "line", { x1: 0, y1: 5, x2: 26, y2: 5, stroke: look.colour, "stroke-width": 2, "stroke-dasharray": dashes(look) });
    glyph(node, look, 13, 5, 4);
    return node;
  }

  // The markers of the plots by matplotlib's letters, as corners on a circle: angles from the top, and which are inside.
  const polygon = (n, turn = 0, inner = 1) => Array.from({ length: n }, (_, i) => [turn + (360 / n) * i, i % 2 ? inner : 1]);
  const SHAPES = {
    s: polygon(4, 45), D: polygon(4), "^": polygon(3), v: polygon(3, 180), "<": polygon(3, 270), ">": polygon(3, 90),
    p: polygon(5), h: polygon(6), P: polygon(8, 0, 0.45), X: polygon(8, 45, 0.45),
  };

  function glyph(parent, look, cx, cy, r, attributes = {}) {
    const paint = { fill: look.colour, ...attributes };
    if (look.marker === "o") return svg(parent, "circle", { cx, cy, r, ...paint });
    const corner = ([angle, far]) => {
      const turn = (angle * Math.PI) / 180, reach = 1.25 * r * far;
      return `${(cx + reach * Math.sin(turn)).toFixed(1)},${(cy - reach * Math.cos(turn)).toFixed(1)}`;
    };
    return svg(parent, "polygon", { points: SHAPES[look.marker].map(corner).join(" "), ...paint });
  }

  const dashes = (look) => look.dash.map((length) => length * 3).join(" ");

  function options(select, labels, chosen) {
    select.replaceChildren(...labels.map(([value, label]) => html("option", { value }, label)));
    select.value = chosen;
  }

  // --- scales ---------------------------------------------------------------------------------------------------

  function linearTicks([low, high], count) {
    const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
    const first = Math.ceil(low / step), last = Math.floor(high / step + 1e-9);
    return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  }

  function logTicks([low, high]) {
    const factors = high / low < 1000 ? [1, 2, 5] : [1], ticks = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
      for (const factor of factors) ticks.push(factor * 10 ** power);
    }
    return ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
  }

  function range(values) {
    const known = values.filter((value) => value !== null);
    const low = Math.min(...known), high = Math.max(...known);
    return low < high ? [low, high] : [low - 0.5, high + 0.5];
  }

  function widened([low, high]) {
    return [low - 0.04 * (high - low), high + 0.04 * (high - low)];
  }

  // A frame with axes; returns how data becomes pixels.
  function frame(holder, xRange, yRange, { log = false, xLabel, yLabel }) {
    const width = Math.max(holder.clientWidth, 240), height = holder.clientHeight;
    const box = { left: 62, right: width - 14, top: 12, bottom: height - 46 };
    const root = svg(holder, "svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    const scale = log ? Math.log : (value) => value;
    const x = (value) => box.left + ((scale(value) - scale(xRange[0])) / (scale(xRange[1]) - scale(xRange[0]))) * (box.right - box.left);
    const y = (value) => box.bottom - ((value - yRange[0]) / (yRange[1] - yRange[0])) * (box.bottom - box.top);
    const few = width < 480;
    for (const tick of log ? logTicks(xRange) : linearTicks(xRange, few ? 4 : 8)) {
      svg(root, "line", { x1: x(tick), x2: x(tick), y1: box.top, y2: box.bottom, stroke: "#eaeef2" });
      svg(root, "text", { x: x(tick), y: box.bottom + 16, "text-anchor": "middle", fill: "#59636e" }, number(tick));
    }
    for (const tick of linearTicks(yRange, 6)) {
      svg(root, "line", { x1: box.left, x2: box.right, y1: y(tick), y2: y(tick), stroke: "#eaeef2" });
      svg(root, "text", { x: box.left - 6, y: y(tick) + 4, "text-anchor": "end", fill: "#59636e" }, number(tick));
    }
    svg(root, "path", { d: `M${box.left} ${box.top}V${box.bottom}H${box.right}`, fill: "none", stroke: "#8c959f" });
    svg(root, "text", { x: (box.left + box.right) / 2, y: height - 8, "text-anchor": "middle", fill: "#1f2328" }, xLabel);
    svg(root, "text", { transform: `translate(13 ${(box.top + box.bottom) / 2}) rotate(-90)`, "text-anchor": "middle", fill: "#1f2328" }, yLabel);
    return { root, box, x, y, width };
  }

  function said(holder, words) {
    holder.replaceChildren(html("p", { class: "note" }, words));
  }

  // --- curves ---------------------------------------------------------------------------------------------------

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

  function drawCurves() {
    const holder = byId("curve-chart");
    holder.replaceChildren();
    const shown = Object.entries(data.curves[state.axis][state.task]).filter(([name]) => !hidden.has(name));
    if (!shown.length) return said(holder, "No method is switched on, or none has a curve on this axis.");
    const all = (key) => shown.flatMap(([, curve]) => curve[key]);
    const xs = [...new Set(all("x"))].sort((a, b) => a - b);
    const xRange = state.log ? range(xs) : [0, xs[xs.length - 1]];
    const label = data.axes.find((axis) => axis.key === state.axis).label;
    const edges = state.bands ? [...all("low"), ...all("high")] : [];
    const yRange = widened(range([...edges, ...all("mean")]));
    const plot = frame(holder, xRange, yRange, { log: state.log, xLabel: label, yLabel: "best reward so far" });
    for (const [name, curve] of shown) {
      if (state.bands && curve.low[0] !== null) svg(plot.root, "path", { d: band(curve, plot), fill: looks.get(name).colour, "fill-opacity": 0.1 });
    }
    for (const [name, curve] of shown) {
      const look = looks.get(name);
      svg(plot.root, "path", {
        d: steps(curve.x, curve.mean, plot), fill: "none", stroke: look.colour, "stroke-width": 2,
        "stroke-dasharray": dashes(look), "data-method": name,
      });
      const last = curve.x.length - 1;
      glyph(plot.root, look, plot.x(curve.x[last]), plot.y(curve.mean[last]), 5);
    }
    readable(holder, plot, xs, shown, label);
  }

  const MOST_READ = 10;

  // A line that follows the pointer or the arrow keys, and what every curve is at it.
  function readable(holder, plot, xs, shown, label) {
    const line = svg(plot.root, "line", { y1: plot.box.top, y2: plot.box.bottom, stroke: "#59636e", visibility: "hidden" });
    const tip = html("div", { class: "tip", hidden: "", "aria-live": "polite" });
    holder.append(tip);
    let place = xs.length - 1;
    const show = (index) => {
      place = Math.min(Math.max(index, 0), xs.length - 1);
      const at = plot.x(xs[place]);
      line.setAttribute("x1", at);
      line.setAttribute("x2", at);
      line.setAttribute("visibility", "visible");
      const values = shown.map(([name, curve]) => [name, curve, latest(curve.x, xs[place])]).filter(([, , i]) => i >= 0);
      values.sort((a, b) => b[1].mean[b[2]] - a[1].mean[a[2]]);
      const rest = values.splice(MOST_READ);
      const more = rest.length ? [html("div", {}, `and ${rest.length} more below these`)] : [];
      const lines = values.map(([name, curve, i]) => {
        const interval = curve.low[i] === null ? "" : ` [${number(curve.low[i])}, ${number(curve.high[i])}]`;
        return html("div", {}, swatch(name), `${name} ${number(curve.mean[i])}${interval}`);
      });
      tip.replaceChildren(html("b", {}, `${number(xs[place])} ${label}`), ...lines, ...more);
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

  function latest(xs, at) {
    let found = -1;
    while (found + 1 < xs.length && xs[found + 1] <= at) found++;
    // Beyond its last point a curve is not known.
    return found === xs.length - 1 && at > xs[found] ? -1 : found;
  }

  function beside(tip, holder, x, y) {
    const room = holder.clientWidth - tip.offsetWidth;
    tip.style.left = `${Math.max(0, Math.min(x + 14, room, x + 14 > room ? x - tip.offsetWidth - 14 : Infinity))}px`;
    tip.style.top = `${y}px`;
  }

  function arrows(event, move) {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    move(by);
  }

  // --- hacking --------------------------------------------------------------------------------------------------

  const cells = data.cells;
  const rows = cells.task.map((_, i) => i);

  function drawHacking() {
    const holder = byId("hacking-chart");
    holder.replaceChildren();
    if (!data.judges.length) return said(holder, "The run measured nothing beside the reward.");
    const judge = cells.judges[state.judge];
    const known = (i) => cells.task[i] === state.task && judge[i] !== null && cells.reward[i] !== null && !hidden.has(cells.method[i]);
    const points = rows.filter((i) => known(i) && (state.budget === "all" || String(cells.budget[i]) === state.budget));
    const paths = Object.entries(data.paths[state.task]).filter(([name]) => !hidden.has(name));
    const joined = (key) => paths.flatMap(([, path]) => path[key]);
    if (!points.length) return said(holder, "No cell that is switched on has this quantity.");
    const xRange = widened(range([...points.map((i) => judge[i]), ...joined(state.judge)]));
    const yRange = widened(range([...points.map((i) => cells.reward[i]), ...joined("reward")]));
    const plot = frame(holder, xRange, yRange, { xLabel: state.judge, yLabel: "reward" });
    for (const i of points) {
      glyph(plot.root, looks.get(cells.method[i]), plot.x(judge[i]), plot.y(cells.reward[i]), 3.5, { "fill-opacity": 0.45 });
    }
    for (const [name, path] of paths) drawPath(plot, looks.get(name), path[state.judge], path.reward);
    pointable(holder, plot, points, judge);
  }

  function drawPath(plot, look, xs, ys) {
    const known = xs.map((x, i) => [x, ys[i]]).filter(([x, y]) => x !== null && y !== null).map(([x, y]) => [plot.x(x), plot.y(y)]);
    svg(plot.root, "polyline", { points: known.map((one) => one.join(",")).join(" "), fill: "none", stroke: look.colour, "stroke-width": 2, "stroke-dasharray": dashes(look) });
    known.forEach(([x, y], i) => glyph(plot.root, look, x, y, 4 + (3 * (i + 1)) / known.length, { stroke: "#fff", "stroke-width": 1.2 }));
  }

  function pointable(holder, plot, points, judge) {
    const ring = svg(plot.root, "circle", { r: 8, fill: "none", stroke: "#1f2328", "stroke-width": 2, visibility: "hidden" });
    const order = [...points].sort((a, b) => judge[a] - judge[b]);
    let place = -1;
    const show = (index) => {
      place = (index + order.length) % order.length;
      const i = order[place];
      ring.setAttribute("cx", plot.x(judge[i]));
      ring.setAttribute("cy", plot.y(cells.reward[i]));
      ring.setAttribute("visibility", "visible");
      showCard(i, judge[i]);
    };
    holder.onpointermove = holder.onpointerdown = (event) => {
      const box = holder.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
      const far = order.map((i) => Math.hypot(plot.x(judge[i]) - x, plot.y(cells.reward[i]) - y));
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

  // --- images ---------------------------------------------------------------------------------------------------

  const WORDS = { failed: "failed", none: "nothing scored yet", ok: "no image here" };

  function picture(i) {
    if (cells.image[i] === null) return html("div", { class: "empty" }, WORDS[cells.status[i]] ?? "not run");
    return html("img", { src: data.pictures[cells.image[i]], alt: `${cells.method[i]} at ${cells.when[i]}: ${cells.prompt[i]}` });
  }

  function captions(i) {
    const adherence = cells.judges.adherence?.[i] ?? null;
    const lines = [`reward ${number(cells.reward[i])}`, ...(adherence === null ? [] : [`adherence ${number(adherence)}`])];
    return lines.map((line) => html("div", {}, line));
  }

  function drawSheet() {
    const prompt = data.prompts[state.prompt];
    const mine = rows.filter((i) => cells.task[i] === state.task && cells.prompt[i] === prompt && String(cells.seed[i]) === state.seed);
    const budgets = [...new Map(mine.map((i) => [cells.budget[i], cells.when[i]]))].sort((a, b) => a[0] - b[0]);
    const methods = data.methods.map((one) => one.name).filter((name) => !hidden.has(name) && mine.some((i) => cells.method[i] === name));
    const head = html("tr", {}, html("th", { scope: "col" }, "method"), ...budgets.map(([, when]) => html("th", { scope: "col" }, when)));
    const body = methods.map((name) => html("tr", {}, html("th", { scope: "row" }, name), ...budgets.map(([budget]) => {
      const i = mine.find((one) => cells.method[one] === name && cells.budget[one] === budget);
      return i === undefined ? html("td", {}, "—") : html("td", {}, picture(i), ...captions(i));
    })));
    byId("sheet").replaceChildren(html("thead", {}, head), html("tbody", {}, ...body));
  }

  // --- controls -------------------------------------------------------------------------------------------------

  function offerBudgets() {
    const mine = rows.filter((i) => cells.task[i] === state.task);
    const budgets = [...new Map(mine.map((i) => [cells.budget[i], cells.when[i]]))].sort((a, b) => b[0] - a[0]);
    state.budget = String(budgets[0][0]);
    options(byId("budget"), [...budgets.map(([budget, when]) => [String(budget), when]), ["all", "all budgets"]], state.budget);
    const seeds = [...new Set(mine.map((i) => cells.seed[i]))].sort((a, b) => a - b).map(String);
    state.seed = seeds[0];
    options(byId("seed"), seeds.map((seed) => [seed, seed]), state.seed);
    const judges = data.judges.filter((name) => mine.some((i) => cells.judges[name][i] !== null));
    if (!judges.includes(state.judge)) state.judge = judges[0];
    options(byId("judge"), judges.map((name) => [name, name]), state.judge ?? "");
    const prompts = new Set(mine.map((i) => cells.prompt[i]));
    const places = data.prompts.map((_, i) => i).filter((i) => prompts.has(data.prompts[i]));
    if (!places.includes(state.prompt)) state.prompt = places[0];
    options(byId("prompt"), places.map((i) => [String(i), data.prompts[i]]), String(state.prompt));
  }

  function offerMethods() {
    const there = data.paths[state.task];
    byId("methods").replaceChildren(...data.methods.filter((one) => one.name in there).map(({ name }) => {
      const box = html("input", { type: "checkbox", value: name });
      box.checked = !hidden.has(name);
      box.onchange = () => {
        hidden[box.checked ? "delete" : "add"](name);
        draw();
      };
      return html("label", {}, box, swatch(name), name);
    }));
  }

  function draw() {
    drawCurves();
    drawHacking();
    drawSheet();
  }

  function connect(id, key, then, read = (value) => value) {
    byId(id).onchange = (event) => {
      state[key] = read(event.target.value);
      then();
    };
  }

  function radios() {
    byId("axes").replaceChildren(...data.axes.map((axis) => {
      const input = html("input", { type: "radio", name: "axis", value: axis.key });
      input.checked = axis.key === state.axis;
      input.onchange = () => {
        state.axis = axis.key;
        drawCurves();
      };
      return html("label", {}, input, ` ${axis.label}`);
    }));
    for (const input of document.querySelectorAll('input[name="scale"]')) {
      input.onchange = () => {
        state.log = input.value === "log";
        drawCurves();
      };
    }
  }

  // --- sorting --------------------------------------------------------------------------------------------------

  // A number stands in full in the cell's data, a name is its text; what is not known is empty.
  function sortKey(row, column) {
    const cell = row.cells[column];
    return cell.tagName === "TD" ? (cell.dataset.value ?? "") : cell.textContent;
  }

  function sortBy(table, column, descending) {
    const all = [...table.tBodies[0].rows];
    const numeric = all.every((row) => !Number.isNaN(Number(sortKey(row, column))));
    const order = (one, other) => {
      const [a, b] = [sortKey(one, column), sortKey(other, column)];
      // What is not known stands last, whichever way.
      if (a === "" || b === "") return (a === "") - (b === "");
      const ascending = numeric ? Number(a) - Number(b) : a.localeCompare(b);
      return descending ? -ascending : ascending;
    };
    table.tBodies[0].append(...all.sort(order));
  }

  function sortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    table.parentElement.tabIndex = 0;
    heads.forEach((head, column) => {
      const button = html("button", { type: "button" }, head.textContent);
      head.setAttribute("aria-sort", "none");
      head.replaceChildren(button);
      button.onclick = () => {
        // Names begin with the first, numbers with the best.
        const before = head.getAttribute("aria-sort");
        const descending = before === "none" ? Number(head.dataset.direction ?? -1) >= 0 : before === "ascending";
        for (const one of heads) one.setAttribute("aria-sort", "none");
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        sortBy(table, column, descending);
      };
    });
  }

  function switchTask() {
    offerBudgets();
    offerMethods();
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
  radios();
  switchTask();
  document.querySelectorAll(".results table").forEach(sortable);
  let width = document.body.clientWidth;
  new ResizeObserver(() => {
    if (document.body.clientWidth === width) return;
    width = document.body.clientWidth;
    draw();
  }).observe(document.body);
})();
