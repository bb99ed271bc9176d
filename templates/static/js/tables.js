// Tables answer the reader: a click on a head sorts by its column, a button copies a
// table as it stands. Without scripts they stand in the order in which they came, and
// the lists that matter have their orders in the address.
(() => {
  const spelt = new Intl.Collator("zh-u-co-pinyin", { numeric: true });
  const main = document.getElementById("main");
  const words = main?.dataset ?? {};

  const shown = (cell) => (cell.querySelector(".sq")?.getAttribute("title") ?? cell.textContent).replace(/\s+/g, " ").trim();
  const empty = (text) => text === "" || text === "—";
  const whole = (row, columns) => row.cells.length === columns && !row.matches(".sum");

  // A figure as written: commas, a sign, a rank that is shared, a fraction, a per cent.
  function number(text) {
    const m = /^[=≠+]?([−-]?)([0-9][0-9,]*(?:\.[0-9]+)?)(?:\s*\/\s*([0-9][0-9,.]*))?/.exec(text);
    if (!m || /^[0-9]{4}-[0-9]{2}/.test(text)) return NaN;
    const value = Number(m[2].replaceAll(",", "")) / (m[3] ? Number(m[3].replaceAll(",", "")) : 1);
    return m[1] ? -value : value;
  }

  // The code of an agency stands in its address.
  const code = (cell) => /\/agencies\/([^/?#]+)/.exec(cell.querySelector("a")?.getAttribute("href") ?? "")?.[1];

  function values(rows, column, order) {
    const texts = rows.map((row) => (order === "code" ? code(row.cells[column]) ?? "" : shown(row.cells[column])));
    const numbers = texts.map(number);
    const counted = order !== "code" && texts.every((text, i) => empty(text) || !Number.isNaN(numbers[i]));
    return rows.map((row, i) => ({ row, none: empty(texts[i]), key: counted ? numbers[i] : texts[i], counted }));
  }

  function sort(table, head, column) {
    const heads = head.parentElement.cells;
    const body = table.tBodies[0];
    const sortable = [...body.rows].filter((row) => whole(row, heads.length));
    const named = sortable.some((row) => code(row.cells[column]));
    const orders = named ? ["ascending", "descending", "code"] : sortable.length && Number.isNaN(number(shown(sortable[0].cells[column]))) ? ["ascending", "descending"] : ["descending", "ascending"];
    const order = orders[(orders.indexOf(head.dataset.order) + 1) % orders.length];
    for (const other of heads) { other.removeAttribute("aria-sort"); delete other.dataset.order; }
    head.dataset.order = order;
    head.setAttribute("aria-sort", order === "descending" ? order : "ascending");
    head.querySelector("button").title = order === "code" ? words.byCode : named ? words.byPinyin : "";
    const list = values(sortable, column, order);
    const sign = order === "descending" ? -1 : 1;
    list.sort((a, b) => a.none - b.none || sign * (a.counted ? a.key - b.key : spelt.compare(a.key, b.key)));
    const rest = [...body.rows].filter((row) => !sortable.includes(row));
    body.append(...list.map((entry) => entry.row), ...rest);
  }

  function prepare(table) {
    const heads = table.tHead?.rows[table.tHead.rows.length - 1]?.cells;
    const body = table.tBodies[0];
    if (!heads || !body || table.querySelector("a.sorter, tbody [rowspan]")) return;
    if ([...body.rows].filter((row) => whole(row, heads.length)).length < 3) return;
    [...heads].forEach((head, column) => {
      if (head.tagName !== "TH" || head.matches(".plot") || head.querySelector("a, button") || !head.textContent.trim() || table.matches(".matrix") && column) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sorts";
      button.setAttribute("aria-label", shown(head));
      head.classList.add("sorted-by");
      head.append(button);
      button.addEventListener("click", () => sort(table, head, column));
    });
  }
  // Heads get their buttons at the reader's first move, before a Tab goes on: a page that is
  // only read is laid out once. A button lies over its head and moves nothing: what the
  // reader is about to click stays where it is. What is folded away is prepared when it is
  // unfolded.
  const moves = ["pointermove", "pointerdown", "touchstart", "keydown", "wheel", "focusin"];
  function wake() {
    for (const move of moves) removeEventListener(move, wake, true);
    for (const table of document.querySelectorAll("table.ruled, table.lens, table.matrix")) {
      const folded = table.closest("details:not([open])");
      if (folded) folded.addEventListener("toggle", () => prepare(table), { once: true });
      else prepare(table);
    }
  }
  for (const move of moves) addEventListener(move, wake, { capture: true, passive: true });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy-table]");
    if (!button) return;
    const from = document.getElementById(button.dataset.copyTable) ?? button.closest("details, section");
    const table = from.matches("table") ? from : from.querySelector("table");
    const lines = [...table.rows].map((row) => [...row.cells].map((cell) => shown(cell) + "\t".repeat(cell.colSpan - 1)).join("\t"));
    await navigator.clipboard.writeText(lines.join("\n"));
    const before = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = before; }, 1600);
  });
})();
