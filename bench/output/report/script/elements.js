// Elements of the page. Text from the run only ever becomes textContent or an attribute, never markup.
const byId = (id) => document.getElementById(id);

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

function options(select, labels, chosen) {
  select.replaceChildren(...labels.map(([value, label]) => html("option", { value }, label)));
  select.value = chosen;
}

function said(holder, words) {
  holder.replaceChildren(html("p", { class: "note" }, words));
}

function number(value) {
  if (value === null || value === undefined) return "—";
  const size = Math.abs(value);
  if (size >= 1000) return value.toFixed(0);
  if (size < 1e-6) return "0";
  return size < 1e-4 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

// Arrow keys move one back or forth.
function arrows(event, move) {
  const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
  if (!by) return;
  event.preventDefault();
  move(by);
}
