// Tables sort by a click on the name of a column.

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
