// What can be chosen, for the task that is shown.

function offerTask() {
  const mine = rows.filter((i) => cells.task[i] === state.task);
  offerBudgets(mine);
  offerSeeds(mine);
  offerJudges(mine);
  offerPrompts(mine);
  offerMethods();
}

function offerBudgets(mine) {
  const budgets = budgetsOf(mine).reverse().map(([budget, when]) => [String(budget), when]);
  state.budget = budgets[0]?.[0] ?? "all";
  options(byId("budget"), [...budgets, ["all", "all budgets"]], state.budget);
}

function offerSeeds(mine) {
  const seeds = [...new Set(mine.map((i) => cells.seed[i]))].sort((a, b) => a - b).map(String);
  state.seed = seeds[0];
  options(byId("seed"), seeds.map((seed) => [seed, seed]), state.seed);
}

function offerJudges(mine) {
  const judges = data.judges.filter((name) => mine.some((i) => cells.judges[name][i] !== null));
  if (!judges.includes(state.judge)) state.judge = judges[0];
  options(byId("judge"), judges.map((name) => [name, name]), state.judge ?? "");
}

function offerPrompts(mine) {
  const prompts = new Set(mine.map((i) => cells.prompt[i]));
  const places = data.telling[state.task].filter((i) => prompts.has(data.prompts[i]));
  state.prompt = places[0];
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

// What the curves show, as buttons of which one is pressed.
function offerChoices(id, choices, key) {
  byId(id).replaceChildren(...choices.map((one) => {
    const input = html("input", { type: "radio", name: id, value: one.key });
    input.checked = one.key === state[key];
    input.onchange = () => {
      state[key] = one.key;
      drawCurves();
    };
    return html("label", {}, input, ` ${one.label}`);
  }));
}

function connect(id, key, then, read = (value) => value) {
  byId(id).onchange = (event) => {
    state[key] = read(event.target.value);
    then();
  };
}
