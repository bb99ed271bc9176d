// Draws the charts whose options stand in the page as data. An option names colours
// ("@o-granted"), textures ("@pattern:hatch") and functions ("ƒstack"); they are
// looked up here, so that one option serves light, dark and paper. Where there is no
// document, the server draws: it takes chartOption alone and brings its own look-up
// (internal/draw/server.js), so that image and page are laid out by the same lines.
(() => {
  const charts = [];
  const served = typeof document === "undefined";

  const token = served ? (name) => globalThis.look.token(name)
    : (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

  // Tiles that tell parts apart where colour does not: ground, line, path on 6 by 6,
  // weight. The server draws the same (internal/draw/texture.go).
  const rising = "M-1 1L1 -1M0 6L6 0M5 7L7 5", falling = "M-1 5L1 7M0 0L6 6M5 -1L7 1", level = "M0 3h6", upright = "M3 0v6", scattered = "M1 1.5h1M4 4.5h1";
  const tiles = {
    hatch: ["", "hatch", rising, 0.8],
    oldform: ["", "rule-2", rising, 1.1],
    pending: ["a-pending", "rule-2", rising, 1.1],
    partial: ["o-partial", "o-granted", scattered, 1.1],
    denied: ["o-denied", "sheet", rising, 0.7],
    unavailable: ["o-unavailable", "sheet", level, 0.6],
    unprocessed: ["o-unprocessed", "sheet", falling, 0.7],
    other: ["o-other", "rule-2", upright, 0.7],
    upheld: ["a-upheld", "sheet", level, 0.6],
    aother: ["a-other", "rule-2", upright, 0.7],
    unknown: ["", "hatch", scattered, 1.1],
    may: ["band", "o-denied", rising, 1.1],
  };

  function pattern(name) {
    const [ground, line, path, weight] = tiles[name];
    if (served) return globalThis.look.pattern(name, tiles[name]);
    const ratio = devicePixelRatio || 1;
    const tile = document.createElement("canvas");
    tile.width = tile.height = 6 * ratio;
    const c = tile.getContext("2d");
    c.scale(ratio, ratio);
    if (ground) { c.fillStyle = token(ground); c.fillRect(0, 0, 6, 6); }
    c.strokeStyle = token(line);
    c.lineWidth = weight;
    c.stroke(new Path2D(path));
    return { image: tile, repeat: "repeat", scaleX: 1 / ratio, scaleY: 1 / ratio, tile: name };
  }

  // With commas between thousands and two decimals at most; written out, because the
  // server's interpreter knows no locales.
  function grouped(n) {
    const [whole, rest] = String(Math.round(Number(n) * 100) / 100).split(".");
    return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (rest ? "." + rest : "");
  }

  function element(name, text, parent) {
    const e = document.createElement(name);
    if (text) e.textContent = text;
    parent?.append(e);
    return e;
  }

  // A swatch as SVG; the tiles of the page fill it as they fill its drawings.
  function swatch(color) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    svg.setAttribute("viewBox", "0 0 10 10");
    rect.setAttribute("width", "10");
    rect.setAttribute("height", "10");
    rect.setAttribute("fill", typeof color === "string" ? color : `url(#t-${color.tile})`);
    svg.append(rect);
    return svg;
  }

  // Tooltips are elements, never markup: figures as shown stand in the name of a
  // point, because the page has already written them.
  function tip(params, last) {
    const box = document.createElement("div");
    box.className = "tip";
    const title = params[0]?.axisValueLabel?.trim();
    if (!title) return "";
    element("b", title, box);
    const rows = params.filter((p) => p.value !== "-" && p.value != null && p.seriesName);
    for (const p of last ? rows.reverse() : rows) {
      const row = element("p", "", box);
      const left = element("span", "", row);
      left.append(swatch(p.color), p.seriesName);
      element("span", p.name && p.name !== title ? p.name : grouped(p.value), row);
    }
    return box;
  }

  const functions = {
    count: (v) => grouped(v),
    rounded: (p) => (typeof p.value === "number" && p.value >= 100 ? grouped(Math.round(p.value)) + (p.name.endsWith("▽") ? " ▽" : "") : p.name),
    stack: (params) => tip([].concat(params), true),
    series: (params) => tip([].concat(params), false),
  };

  function resolve(value) {
    if (Array.isArray(value)) return value.map(resolve);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, resolve(v)]));
    }
    if (typeof value !== "string") return value;
    if (value.startsWith("@pattern:")) return pattern(value.slice(9));
    if (value.startsWith("@")) return token(value.slice(1));
    if (value.startsWith("ƒ")) return functions[value.slice(1)];
    return value;
  }

  // Lines of a comparison are named at their end where there is room.
  function narrow(option, width) {
    const roomy = width > 620;
    for (const series of option.series) {
      if (series.type === "line" && series.name) {
        series.endLabel = { show: roomy, formatter: "{a}", color: series.itemStyle?.color ?? token("ink"), fontSize: 12, distance: 6 };
        series.labelLayout = { moveOverlap: "shiftY" };
      }
    }
    const [grid] = [].concat(option.grid);
    if (!roomy && grid) grid.right = 12;
    const [axis] = [].concat(option.xAxis);
    if (axis.axisLabel.interval === "0") {
      Object.assign(axis.axisLabel, { interval: 0, hideOverlap: false, overflow: "break", width: Math.max(30, width / axis.data.length - 14) });
    }
    const years = axis.data.every((name) => name.trim() === "" || /^\d{4}$/.test(name));
    if (years && width / axis.data.length < 44) axis.axisLabel.formatter = (name) => name.slice(-2);
    for (const series of option.series) {
      // Numbers above columns give way to each other rather than overlap; the table has them all.
      if (series.label?.show && series.type !== "line" || series.type === "line" && !series.name) series.labelLayout = { hideOverlap: true };
      if (series.type === "bar" && typeof series.label?.formatter === "function" && width / axis.data.length < 46) sparse(series);
    }
    return option;
  }

  // Where columns are too narrow for every number, the first, the last and the
  // greatest keep theirs.
  function sparse(series) {
    const known = series.data.map((d, i) => [d.value, i]).filter(([v]) => typeof v === "number");
    if (known.length < 5) return;
    const top = known.reduce((a, b) => (b[0] > a[0] ? b : a));
    const keep = new Set([known[0][1], known.at(-1)[1], top[1]]);
    const write = series.label.formatter;
    series.label.formatter = (p) => (keep.has(p.dataIndex) ? write(p) : "");
  }

  if (served) {
    globalThis.chartOption = (option, width) => narrow(resolve(option), width);
    return;
  }

  function draw(entry) {
    const style = getComputedStyle(document.documentElement);
    const option = narrow(resolve(entry.option), entry.element.clientWidth);
    option.textStyle = { fontFamily: style.getPropertyValue("--sans") };
    option.animation = false;
    option.tooltip = {
      ...option.tooltip, confine: true, backgroundColor: token("sheet"), borderColor: token("rule-2"), borderWidth: 1,
      padding: [6, 10], extraCssText: "border-radius:2px;box-shadow:none", textStyle: { color: token("ink"), fontSize: 13 },
    };
    for (const axis of [].concat(option.yAxis)) {
      axis.nameTextStyle = { color: token("ink-3"), align: "left", padding: [0, 0, 0, -6] };
    }
    if (option.series[0]?.type === "line") option.tooltip.axisPointer = { type: "line", lineStyle: { color: token("rule-2") } };
    else option.tooltip.axisPointer = { type: "shadow", shadowStyle: { color: token("band"), opacity: .35 } };
    entry.chart.setOption(option, true);
  }

  function redraw() { for (const entry of charts) { entry.chart.resize(); draw(entry); } }

  function begin(element) {
    const source = document.getElementById(element.dataset.chart);
    element.replaceChildren(); // the sketch stood in until now
    const chart = echarts.init(element, null, { renderer: "canvas" });
    charts.push({ element, chart, option: JSON.parse(source.textContent) });
    draw(charts.at(-1));
  }

  // One chart a task, so that the page answers between them.
  function drawAll() {
    const left = [...document.querySelectorAll("[data-chart]")];
    const next = () => {
      if (left.length) { begin(left.shift()); setTimeout(next); return; }
      let wait = 0;
      new ResizeObserver(() => { cancelAnimationFrame(wait); wait = requestAnimationFrame(redraw); }).observe(document.body);
      document.addEventListener("themechange", redraw);
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
      matchMedia("print").addEventListener("change", redraw);
    };
    next();
  }

  // The page is whole without ECharts: a drawing of each chart stands in it. What
  // ECharts adds answers the reader's hand, so it is fetched at the reader's first
  // move and costs nothing before.
  const library = document.currentScript.dataset.library;
  const moves = ["pointermove", "pointerdown", "touchstart", "keydown", "scroll", "wheel", "focusin"];
  function wake() {
    for (const move of moves) removeEventListener(move, wake, true);
    const script = document.createElement("script");
    script.src = library;
    script.addEventListener("load", drawAll);
    document.head.append(script);
  }
  for (const move of moves) addEventListener(move, wake, { capture: true, passive: true });
})();
