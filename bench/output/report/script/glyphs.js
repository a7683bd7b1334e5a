// A method's colour, marker and dashes, as in the plots: matplotlib's markers by their letters.

// Corners on a circle: angles from the top, and how far out.
const polygon = (n, turn = 0, inner = 1) => Array.from({ length: n }, (_, i) => [turn + (360 / n) * i, i % 2 ? inner : 1]);
const SHAPES = {
  s: polygon(4, 45), D: polygon(4), "^": polygon(3), v: polygon(3, 180), "<": polygon(3, 270), ">": polygon(3, 90),
  p: polygon(5), h: polygon(6), P: polygon(8, 0, 0.45), X: polygon(8, 45, 0.45),
};

const dashes = (look) => look.dash.map((length) => length * 3).join(" ");

function glyph(parent, look, cx, cy, r, attributes = {}) {
  const paint = { fill: look.colour, ...attributes };
  if (look.marker === "o") return svg(parent, "circle", { cx, cy, r, ...paint });
  const corner = ([angle, far]) => {
    const turn = (angle * Math.PI) / 180, reach = 1.25 * r * far;
    return `${(cx + reach * Math.sin(turn)).toFixed(1)},${(cy - reach * Math.cos(turn)).toFixed(1)}`;
  };
  return svg(parent, "polygon", { points: SHAPES[look.marker].map(corner).join(" "), ...paint });
}

function swatch(name) {
  const look = looks.get(name), width = 26, height = 10;
  const holder = svg(html("span"), "svg", { width, height, "aria-hidden": "true" });
  const line = { x1: 0, y1: 5, x2: width, y2: 5, stroke: look.colour, "stroke-width": 2 };
  if (!look.pointwise) svg(holder, "line", { ...line, "stroke-dasharray": dashes(look) });
  glyph(holder, look, 13, 5, 4);
  return holder;
}
