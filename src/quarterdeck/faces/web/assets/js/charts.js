// Charts are drawn from the table behind them, so that the two cannot disagree. A header cell says how its column is
// drawn (data-draw: bar, line, dashed, faint, low, high), a cell's data-v is its number.
import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, CustomChart, LineChart, ScatterChart, GridComponent, TooltipComponent, SVGRenderer]);

const token = (name) => {
  // Resolves light-dark() by letting the browser compute a colour.
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
};

const LINES = { line: { width: 2.25 }, dashed: { width: 1.75, type: [5, 4] }, faint: { width: 1.75 } };

// As many labels as fit on a phone without touching.
const TICKS = innerWidth < 640 ? 5 : 8;

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

// "September 2026" takes the room of three ticks; the table has the whole name.
const MONTH = /^(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*( \d{4})?$/;
const short = (label) => label.match(MONTH)?.[1] ?? label;

function read(table) {
  const heads = [...table.tHead.rows[0].cells].slice(1);
  const rows = [...table.tBodies[0].rows];
  const number = (cell) => (cell.dataset.v === undefined || cell.dataset.v === "" ? null : Number(cell.dataset.v));
  return {
    labels: rows.map((row) => short(row.cells[0].textContent.trim())),
    columns: heads.map((head, at) => ({
      name: head.dataset.name || head.textContent.trim(),
      draw: head.dataset.draw || "line",
      values: rows.map((row) => number(row.cells[at + 1])),
      texts: rows.map((row) => row.cells[at + 1].textContent.trim()),
    })),
  };
}

// A line that ends before the others bears its name above itself, on the side where there is room.
function endsAt(last, length) {
  if (last === length - 1) return { distance: 6 };
  return { align: last < length / 4 ? "left" : "right", distance: 0, offset: [2, -12] };
}

function series(columns, colours) {
  const shown = columns.filter(({ draw }) => draw !== "low" && draw !== "high");
  const drawn = shown.map(({ name, draw, values }) => {
    const last = values.findLastIndex((value) => value !== null);
    const colour = { line: colours.accent, bar: colours.accent, dashed: colours.ink, faint: colours.soft }[draw];
    if (draw === "bar") return { name, type: "bar", data: values, itemStyle: { color: colour }, barMaxWidth: 18 };
    return {
      name, type: "line", data: values, symbol: "circle", symbolSize: 5, showSymbol: false, lineStyle: { ...LINES[draw], color: colour },
      itemStyle: { color: colour }, z: draw === "line" ? 4 : 3,
      // The last point carries the line's name: nothing to look up in a legend.
      endLabel: { show: last >= 0, formatter: name, color: colour, textBorderColor: colours.page, textBorderWidth: 3, fontSize: 12, backgroundColor: colours.page, padding: [1, 2], fontWeight: draw === "line" ? 600 : 400, ...endsAt(last, values.length) },
      labelLayout: { moveOverlap: "shiftY" },
    };
  });
  return [...band(columns, colours), ...drawn];
}

function band(columns, colours) {
  const low = columns.find(({ draw }) => draw === "low");
  const high = columns.find(({ draw }) => draw === "high");
  if (!low || !high) return [];
  const plain = { type: "line", stack: "band", symbol: "none", lineStyle: { opacity: 0 }, silent: true, z: 1 };
  const span = high.values.map((value, at) => (value === null || low.values[at] === null ? null : value - low.values[at]));
  return [
    { ...plain, name: low.name, data: low.values },
    { ...plain, name: high.name, data: span, areaStyle: { color: colours.accent, opacity: 0.15 } },
  ];
}

// Names down the side: a bar for what is, a line for what was expected, a ring for the target.
function barOption({ labels, columns }, colours, scale) {
  const text = { color: colours.ink, fontSize: 12 };
  const marks = {
    bar: { type: "bar", barMaxWidth: 14, itemStyle: { color: colours.accent } },
    tick: { type: "scatter", symbol: "rect", symbolSize: [2.5, 20], itemStyle: { color: colours.ink }, z: 5 },
    ring: { type: "scatter", symbol: "circle", symbolSize: 9, itemStyle: { color: "transparent", borderColor: colours.ink, borderWidth: 1.5 }, z: 5 },
  };
  return {
    ...common(columns, labels, colours),
    grid: { left: 4, right: 16, top: 4, bottom: 4, containLabel: true },
    yAxis: { type: "category", data: labels, inverse: true, axisLine: { lineStyle: { color: colours.line } }, axisTick: { show: false }, axisLabel: { ...text, width: 130, overflow: "truncate" } },
    xAxis: { type: "value", min: (range) => Math.min(0, range.min), splitNumber: 4, axisLabel: { color: colours.soft, formatter: (value) => compact.format(value / scale) }, splitLine: { lineStyle: { color: colours.line } } },
    series: columns.map(({ name, draw, values }) => ({ name, data: values, ...(marks[draw] ?? marks.bar) })),
  };
}

// Points on two axes of numbers, the line through them and the band in which it lies. Attainment reads in percent.
function scatterOption({ labels, columns }, colours, scale, { x: xTitle, y: yTitle, percent }) {
  const of = (draw) => columns.find((column) => column.draw === draw)?.values ?? [];
  const [x, y, line, low, high] = ["x", "point", "line", "low", "high"].map(of);
  const order = x.map((_, at) => at).filter((at) => line[at] !== null).sort((one, other) => x[one] - x[other]);
  const edge = [...order.map((at) => [x[at], high[at]]), ...[...order].reverse().map((at) => [x[at], low[at]])];
  const text = { color: colours.soft, fontFamily: "inherit", fontSize: 12 };
  const axis = (name, format) => ({ type: "value", scale: true, name, nameLocation: "middle", nameTextStyle: { ...text, color: colours.ink }, splitNumber: 5, axisLabel: { ...text, formatter: format }, axisLine: { lineStyle: { color: colours.line } }, splitLine: { lineStyle: { color: colours.line } } });
  const inPercent = (value) => `${Math.round(value * 100)} %`;
  return {
    ...common(columns, labels, colours),
    tooltip: { ...common(columns, labels, colours).tooltip, trigger: "item", formatter: ({ dataIndex, seriesType }) => (seriesType === "scatter" ? [labels[dataIndex], ...columns.slice(0, 2).map(({ name, texts }) => `${name}  ${texts[dataIndex]}`)].join("\n") : "") },
    grid: { left: 30, right: 20, top: 12, bottom: 26, containLabel: true },
    xAxis: { ...axis(xTitle, percent ? inPercent : (value) => compact.format(value / scale)), nameGap: 28 },
    yAxis: { ...axis(yTitle, inPercent), nameGap: 56 },
    series: [
      { type: "custom", silent: true, z: 1, clip: true, data: edge.length ? [0] : [], encode: { x: -1, y: -1 }, renderItem: (_, api) => ({ type: "polygon", shape: { points: edge.map((point) => api.coord(point)) }, style: { fill: colours.accent, opacity: 0.15 } }) },
      { type: "line", silent: true, z: 2, symbol: "none", data: order.map((at) => [x[at], line[at]]), lineStyle: { color: colours.accent, width: 2 } },
      { type: "scatter", z: 3, symbolSize: 9, data: x.map((value, at) => [value, y[at]]), itemStyle: { color: colours.ink, borderColor: colours.page, borderWidth: 1 } },
    ],
  };
}

function common(columns, labels, colours) {
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    tooltip: {
      // Drawn in the picture itself: the page's policy allows no styles written into HTML.
      trigger: "axis", renderMode: "richText", confine: true, backgroundColor: colours.paper, borderColor: colours.line, borderWidth: 1, padding: [6, 10],
      textStyle: { color: colours.ink, fontSize: 12 }, axisPointer: { type: "line", lineStyle: { color: colours.soft } },
      formatter: (points) => [labels[points[0].dataIndex], ...columns.map(({ name, texts }) => `${name}  ${texts[points[0].dataIndex]}`)].join("\n"),
    },
  };
}

function option({ labels, columns }, colours, scale) {
  const text = { color: colours.soft, fontFamily: "inherit", fontSize: 12 };
  return {
    ...common(columns, labels, colours),
    grid: { left: 4, right: 92, top: 12, bottom: 4, containLabel: true },
    xAxis: { type: "category", data: labels, boundaryGap: columns.some(({ draw }) => draw === "bar"), axisLine: { lineStyle: { color: colours.line } }, axisTick: { show: false }, axisLabel: { ...text, interval: Math.ceil(labels.length / TICKS) - 1 } },
    yAxis: { type: "value", min: (range) => Math.min(0, range.min), splitNumber: 4, axisLabel: { ...text, formatter: (value) => compact.format(value / scale) }, splitLine: { lineStyle: { color: colours.line } } },
    series: series(columns, colours),
  };
}

function draw(figure) {
  const plot = figure.querySelector(".plot");
  const table = figure.querySelector("table");
  if (!plot || !table || !table.tBodies[0]?.rows.length) return;
  const colours = { accent: token("accent"), ink: token("ink"), soft: token("ink-soft"), line: token("line"), paper: token("paper-raised"), page: token("paper") };
  const wanted = JSON.stringify([table.textContent, colours]);
  if (figure.drawn === wanted && plot.firstChild) return;
  figure.drawn = wanted;
  if (!figure.chart || figure.chart.getDom() !== plot) {
    figure.chart = init(plot, null, { renderer: "svg" });
    new ResizeObserver(() => figure.chart.resize()).observe(plot);
  }
  const { bars, scatter } = table.dataset;
  const drawn = scatter !== undefined ? scatterOption : bars === undefined ? option : barOption;
  figure.chart.setOption(drawn(read(table), colours, Number(table.dataset.scale || 1), table.dataset), true);
}

const drawAll = () => document.querySelectorAll("figure.chart").forEach(draw);

drawAll();
document.addEventListener("htmx:after:settle", drawAll);
document.addEventListener("quarterdeck:theme", drawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
