// What charts.js asks of a page, answered without one: colours from the style
// sheet's tokens, textures as shapes, text measured by its letters. The engine sets
// `tokens` and calls `draw`.
globalThis.setTimeout = () => 0;
globalThis.clearTimeout = () => {};

globalThis.look = {
  token: (name) => tokens[name] ?? "#000",
  pattern(name, [ground, line, d, weight]) {
    const children = ground ? [{ tag: "rect", key: "g", attrs: { width: 6, height: 6, fill: this.token(ground) } }] : [];
    children.push({ tag: "path", key: "l", attrs: { d, fill: "none", stroke: this.token(line), "stroke-width": weight } });
    return { svgElement: { tag: "g", key: name, attrs: {}, children }, svgWidth: 6, svgHeight: 6 };
  },
};

function draw(text, width, height, family) {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    const option = chartOption(JSON.parse(text), width);
    option.animation = false;
    option.textStyle = { fontFamily: family };
    option.tooltip = { show: false };
    for (const axis of [].concat(option.yAxis)) axis.nameTextStyle = { color: look.token("ink-3"), align: "left", padding: [0, 0, 0, -6] };
    chart.setOption(option, true);
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}
