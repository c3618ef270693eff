"use strict";
// Sort, filter and search the tables of the page. Nothing is fetched, and no text of the page is ever made into markup.
const words = document.querySelector("main").dataset;
const fill = (text, fields) => text.replace(/\{(\w+)\}/g, (_, name) => fields[name]);
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const said = document.getElementById(table.dataset.said);
  heads.forEach((head, column) => {
    if (head.classList.contains("plain")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = (row) => row.cells[column].dataset.key ?? row.cells[column].textContent.trim();
      const rows = [...body.rows].map((row) => [key(row), row]);
      const numeric = head.classList.contains("number");
      rows.sort(([one], [other]) => {
        // What has no value comes last, whichever way the rest is sorted.
        if (one === "" || other === "") return (one === "") - (other === "");
        const order = numeric ? one - other : one.localeCompare(other);
        return down ? -order : order;
      });
      body.append(...rows.map(([, row]) => row));
      const order = down ? words.largest : words.smallest;
      if (said) said.textContent = fill(words.sorted, { column: button.textContent.trim(), order });
    });
  });
}

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
for (const form of document.querySelectorAll("form.filter")) {
  const table = document.getElementById(form.dataset.table);
  const said = document.getElementById(table.dataset.said);
  const rows = [...table.tBodies[0].rows].map((row) => [row, plain(row.dataset.text ?? row.textContent)]);
  const search = form.querySelector("input[type=search]");
  const choice = form.querySelector("select");
  const apply = () => {
    const asked = plain(search.value).split(/\s+/).filter(Boolean);
    const state = choice ? choice.value : "";
    let shown = 0;
    for (const [row, text] of rows) {
      const fits = asked.every((word) => text.includes(word)) && (!state || row.dataset.state.includes(state));
      row.hidden = !fits;
      shown += fits;
    }
    said.textContent = fill(words.shown, { some: shown, all: rows.length });
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  apply();
}
// A link into a row that the filter hides leads nowhere: whoever follows one sees everybody again.
window.addEventListener("hashchange", () => {
  const row = document.getElementById(location.hash.slice(1));
  if (row && row.hidden) {
    document.querySelectorAll("form.filter").forEach((form) => form.reset());
    document.querySelectorAll("tr[hidden]").forEach((one) => { one.hidden = false; });
    row.scrollIntoView();
  }
});
