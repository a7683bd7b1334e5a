// The images of one prompt and seed: a row a method, a column a budget.
const WORDS = { failed: "failed", none: "nothing scored yet", missing: "not run", ok: "no image here" };

function picture(i) {
  if (cells.image[i] === null) return html("div", { class: "empty" }, WORDS[cells.status[i]]);
  return html("img", { src: data.pictures[cells.image[i]], alt: `${cells.method[i]} at ${cells.when[i]}: ${cells.prompt[i]}` });
}

function captions(i) {
  const adherence = cells.judges.adherence?.[i] ?? null;
  const lines = [`reward ${number(cells.reward[i])}`, ...(adherence === null ? [] : [`adherence ${number(adherence)}`])];
  return lines.map((line) => html("div", {}, line));
}

function budgetsOf(some) {
  return [...new Map(some.map((i) => [cells.budget[i], cells.when[i]]))].sort((a, b) => a[0] - b[0]);
}

function drawSheet() {
  const prompt = data.prompts[state.prompt];
  const mine = rows.filter((i) => cells.task[i] === state.task && cells.prompt[i] === prompt && String(cells.seed[i]) === state.seed);
  const budgets = budgetsOf(mine);
  const methods = data.methods.map((one) => one.name).filter((name) => !hidden.has(name) && mine.some((i) => cells.method[i] === name));
  const head = html("tr", {}, ...["method", ...budgets.map(([, when]) => when)].map((name) => html("th", { scope: "col" }, name)));
  const body = methods.map((name) => html("tr", {}, html("th", { scope: "row" }, name), ...budgets.map(([budget]) => {
    const i = mine.find((one) => cells.method[one] === name && cells.budget[one] === budget);
    return i === undefined ? html("td", {}, "—") : html("td", {}, picture(i), ...captions(i));
  })));
  byId("sheet").replaceChildren(html("thead", {}, head), html("tbody", {}, ...body));
}
