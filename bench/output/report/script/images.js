// The images of one prompt and seed: a tile a method at its last budget, and as a film how one of them came about.
const WORDS = { failed: "failed", none: "nothing scored yet", missing: "not run", ok: "no image here" };

function picture(i) {
  if (cells.image[i] === null) return html("span", { class: "empty" }, WORDS[cells.status[i]]);
  return html("img", { src: data.pictures[cells.image[i]], alt: `${cells.method[i]} at ${cells.when[i]}: ${cells.prompt[i]}` });
}

// What an image is worth, beside what base has at the same budget: `mine` are the cells of its task, prompt and seed.
function captions(i, mine) {
  const own = mine.find((one) => cells.method[one] === data.baseline && cells.budget[one] === cells.budget[i]);
  return data.captions.map(({ name, direction }) => {
    const values = name === "reward" ? cells.reward : cells.judges[name];
    return caption(name, direction, values[i], own === undefined || own === i ? null : values[own]);
  });
}

// Better or worse as far as the digits tell.
function caption(name, direction, value, theirs) {
  const known = value !== null && theirs !== null;
  const more = known ? Number(number(value)) - Number(number(theirs)) : 0;
  const verdict = { 1: "good", "-1": "bad" }[Math.sign(more * direction)] ?? "";
  const gap = known && name === "reward" ? ` (${value < theirs ? "" : "+"}${number(value - theirs)})` : "";
  return html("span", { class: `caption ${verdict}` }, `${name} ${number(value)}${gap}`);
}

function budgetsOf(some) {
  return [...new Map(some.map((i) => [cells.budget[i], cells.when[i]]))].sort((a, b) => a[0] - b[0]);
}

function drawGallery() {
  const prompt = data.prompts[state.prompt];
  const mine = rows.filter((i) => cells.task[i] === state.task && cells.prompt[i] === prompt && String(cells.seed[i]) === state.seed);
  const films = data.methods.filter(({ name }) => !hidden.has(name)).map(({ name }) => filmOf(name, mine)).filter((film) => film.length);
  byId("gallery").replaceChildren(...films.map((film) => tile(film, mine)));
  const shown = films.find((film) => cells.method[film[0]] === state.film) ?? leading(films);
  if (shown) showFilm(shown, mine);
  else byId("film").replaceChildren();
}

// The cell of a method at each of its budgets.
function filmOf(name, mine) {
  return mine.filter((i) => cells.method[i] === name).sort((a, b) => cells.budget[a] - cells.budget[b]);
}

function leading(films) {
  const reward = (film) => cells.reward[film.at(-1)] ?? -Infinity;
  return films.reduce((best, film) => (best && reward(best) >= reward(film) ? best : film), undefined);
}

function tile(film, mine) {
  const i = film.at(-1), name = cells.method[i];
  const label = html("b", {}, swatch(name), ` ${name}`);
  const button = html("button", { type: "button", class: "tile", "data-method": name }, picture(i), label, ...captions(i, mine));
  button.onpointerenter = button.onfocus = button.onclick = () => {
    state.film = name;
    showFilm(film, mine);
  };
  return button;
}

function showFilm(film, mine) {
  const name = cells.method[film[0]];
  for (const one of document.querySelectorAll(".tile")) one.setAttribute("aria-pressed", one.dataset.method === name);
  const frames = film.map((i) => html("div", { class: "frame" }, html("b", {}, cells.when[i]), picture(i), ...captions(i, mine)));
  const strip = html("div", { class: "strip", tabindex: "0", role: "region", "aria-label": "Images over the budget" }, ...frames);
  byId("film").replaceChildren(html("figcaption", {}, swatch(name), ` ${name}, over its budget`), strip);
}
