// Comfort on every page: theme, copying, the tray that says where a cell stands,
// and filters. Everything here has a plain link or a plain page without it.
(() => {
  const root = document.documentElement;
  const on = (selector, type, run) => document.addEventListener(type, (event) => {
    const hit = event.target.closest?.(selector);
    if (hit) run(hit, event);
  });

  on("[data-theme-toggle]", "click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* kept for this page only */ }
    document.dispatchEvent(new Event("themechange"));
  });

  on("[data-copy]", "click", async (button) => {
    const from = document.getElementById(button.dataset.copy);
    const text = from ? from.textContent.trim() : new URL(button.dataset.copy, location.href).href;
    await navigator.clipboard.writeText(text);
    const before = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = before; }, 1600);
  });

  // PNG made in the reader's browser, from the same SVG that the server serves: what
  // is burnt into the one is in the other. The link leads to the SVG without scripts.
  on("a[data-png]", "click", async (link, event) => {
    event.preventDefault();
    const image = new Image();
    image.src = link.href;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * 2;
    canvas.height = image.naturalHeight * 2;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => {
      const file = document.createElement("a");
      file.href = URL.createObjectURL(blob);
      file.download = link.dataset.png;
      file.click();
      setTimeout(() => URL.revokeObjectURL(file.href), 10000);
    }, "image/png");
  });

  // Names of units while a reader types, from the same page that the form leads to; a
  // chosen name leads straight to the unit.
  const units = new Map();
  let asking = 0;
  on("input[data-suggest]", "input", (field) => {
    clearTimeout(asking);
    const words = field.value.trim();
    if (units.has(words)) {
      location.href = units.get(words);
      return;
    }
    if (!words) return;
    asking = setTimeout(async () => {
      const answer = await fetch(`${field.dataset.suggest.split("?")[0]}?q=${encodeURIComponent(words)}`).catch(() => null);
      if (!answer?.ok || field.value.trim() !== words) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const list = document.getElementById(field.getAttribute("list"));
      list.replaceChildren();
      units.clear();
      for (const link of [...page.querySelectorAll("[data-found] a")].slice(0, 8)) {
        units.set(link.textContent, link.getAttribute("href"));
        list.append(new Option(link.closest("li").textContent.trim().replace(/\s+/g, " "), link.textContent));
      }
    }, 250);
  });

  // The day of access of a citation is the reader's to give.
  on("input[data-access]", "change", (input) => {
    for (const mark of input.closest(".cites").querySelectorAll(".access")) {
      mark.dataset.empty ??= mark.textContent;
      mark.textContent = input.value || mark.dataset.empty;
    }
  });

  on("[data-print]", "click", () => print());
  on("select[data-submit]", "change", (select) => select.form.requestSubmit());

  // Fold the statutory table 3 to natural persons and totals on a phone.
  on("[data-fold]", "click", (button) => {
    const table = document.getElementById(button.dataset.fold);
    const folded = table.classList.toggle("folded");
    button.setAttribute("aria-expanded", String(!folded));
    button.textContent = folded ? button.dataset.more : button.dataset.less;
  });

  // The tray.
  const tray = document.getElementById("tray");
  if (tray) {
    let from = null;
    const part = (name) => tray.querySelector(`[data-tray="${name}"]`);
    const visible = (text) => text.replace(/\t/g, "⇥").replace(/\u00a0/g, "␣").replace(/\u3000/g, "□").replace(/\n/g, "↵\n");
    const open = (link) => {
      if (from) from.removeAttribute("aria-current");
      from = link;
      link.setAttribute("aria-current", "true");
      part("label").textContent = link.dataset.label;
      part("state").textContent = link.dataset.state;
      part("raw").textContent = link.dataset.raw ? visible(link.dataset.raw) : "∅";
      part("place").textContent = link.dataset.place;
      part("code").textContent = link.dataset.code;
      part("more").textContent = link.dataset.more || "";
      part("original").hidden = link.getAttribute("href").startsWith("#");
      part("original").href = link.getAttribute("href");
      part("finding").hidden = !link.dataset.finding;
      part("finding").href = "#" + (link.dataset.finding || "");
      part("self").href = link.dataset.self || "#" + link.closest("td").id;
      tray.hidden = false;
    };
    const shut = () => {
      tray.hidden = true;
      if (from) { from.removeAttribute("aria-current"); from.focus(); }
      from = null;
    };
    on("a[data-label]", "click", (link, event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      open(link);
    });
    on("[data-shut]", "click", shut);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !tray.hidden) shut();
    });

    // One tab stop a table, arrows inside.
    for (const table of document.querySelectorAll("table.form")) {
      const links = [...table.querySelectorAll("td > a")];
      links.forEach((link, i) => { link.tabIndex = i === 0 ? 0 : -1; });
      table.addEventListener("keydown", (event) => {
        const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
        const here = event.target.closest("td");
        if (!step || !here) return;
        event.preventDefault();
        const next = neighbour(table, here, step);
        if (!next) return;
        event.target.tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
        if (!tray.hidden) open(next);
      });
    }
  }

  // The nearest cell in a direction, by where cells stand on the page: spans make
  // rows and columns of the markup useless for this.
  function neighbour(table, here, [down, right]) {
    const at = here.getBoundingClientRect();
    let best = null;
    let least = Infinity;
    for (const link of table.querySelectorAll("td > a")) {
      const r = link.parentElement.getBoundingClientRect();
      const ahead = down ? (r.top - at.top) * down : (r.left - at.left) * right;
      const aside = down ? Math.abs(r.left - at.left) : Math.abs(r.top - at.top);
      const distance = ahead + aside * 10;
      if (ahead > 1 && distance < least) { best = link; least = distance; }
    }
    return best;
  }

  // Filters that only hide rows which are on the page already.
  on("[data-filter]", "input", (field) => {
    const rows = document.querySelectorAll(`#${field.dataset.filter} tbody tr`);
    const want = field.value.trim();
    let shown = 0;
    for (const row of rows) {
      row.hidden = want !== "" && !row.textContent.includes(want);
      if (!row.hidden) shown++;
    }
    document.getElementById(field.dataset.count).textContent = field.dataset.words.replace("{n}", shown).replace("{all}", rows.length);
  });
})();
