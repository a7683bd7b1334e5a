// From data to pixels.
const GRID = "#eaeef2", INK = "#1f2328", SOFT = "#59636e", FRAME = "#8c959f";

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

// One moment on a logarithmic axis still has a before and an after.
function logRange(values) {
  const low = Math.min(...values), high = Math.max(...values);
  return low < high ? [low, high] : [low / 2, high * 2];
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
  const [from, to] = xRange.map(scale);
  const plot = {
    root, box, width,
    x: (value) => box.left + ((scale(value) - from) / (to - from)) * (box.right - box.left),
    y: (value) => box.bottom - ((value - yRange[0]) / (yRange[1] - yRange[0])) * (box.bottom - box.top),
  };
  ticks(plot, log ? logTicks(xRange) : linearTicks(xRange, width < 480 ? 4 : 8), linearTicks(yRange, 6));
  svg(root, "path", { d: `M${box.left} ${box.top}V${box.bottom}H${box.right}`, fill: "none", stroke: FRAME });
  const middle = { "text-anchor": "middle", fill: INK };
  svg(root, "text", { x: (box.left + box.right) / 2, y: height - 8, ...middle }, xLabel);
  svg(root, "text", { transform: `translate(13 ${(box.top + box.bottom) / 2}) rotate(-90)`, ...middle }, yLabel);
  return plot;
}

function ticks({ root, box, x, y }, across, upwards) {
  for (const tick of across) {
    svg(root, "line", { x1: x(tick), x2: x(tick), y1: box.top, y2: box.bottom, stroke: GRID });
    svg(root, "text", { x: x(tick), y: box.bottom + 16, "text-anchor": "middle", fill: SOFT }, number(tick));
  }
  for (const tick of upwards) {
    svg(root, "line", { x1: box.left, x2: box.right, y1: y(tick), y2: y(tick), stroke: GRID });
    svg(root, "text", { x: box.left - 6, y: y(tick) + 4, "text-anchor": "end", fill: SOFT }, number(tick));
  }
}
