// <orrery-chart data-chart='{…}'>: a chart by uPlot of what stands in the table inside it.
//   {"x": [seconds since 1970, or numbers], "time": true, "unit": " %", "digits": 1, "min": 0,
//    "max": null, "height": 180, "series": [{"label": "", "values": [], "low": [], "high": [],
//    "points": false, "kind": "line" | "guide" | "bars" | "points"}]}
// Values may be null. It draws itself anew when `data-chart` or the colours change.
const base = import.meta.url;
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const MARKS = ["--mark-1", "--mark-2", "--mark-3", "--mark-4"];
const DAY = 86400;
// uPlot comes once the page is painted, which shall not wait for it.
const library = new Promise((done) => {
  const script = document.createElement("script");
  script.src = new URL("vendor/uplot.js", base);
  script.addEventListener("load", done);
  requestAnimationFrame(() => setTimeout(() => document.head.append(script)));
});
const FONT = "12px system-ui, sans-serif";

function link(name) {
  const element = document.createElement("link");
  element.rel = "stylesheet";
  element.href = new URL(name, base).href;
  return element;
}

class Chart extends HTMLElement {
  static observedAttributes = ["data-chart"];

  async connectedCallback() {
    await library;
    if (!this.isConnected) return;
    if (!this.shadowRoot) {
      const root = this.attachShadow({ mode: "open" });
      this.place = document.createElement("div");
      this.place.setAttribute("aria-hidden", "true");
      root.append(link("vendor/uplot.css"), link("chart.css"), this.place);
      root.append(document.createElement("slot"));
    }
    this.redraw = () => this.draw();
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this);
    dark.addEventListener("change", this.redraw);
    this.draw();
  }

  disconnectedCallback() {
    this.sizes?.disconnect();
    dark.removeEventListener("change", this.redraw);
    this.plot?.destroy();
    this.plot = null;
  }

  attributeChangedCallback() {
    if (this.place && this.isConnected) this.draw();
  }

  resize() {
    const width = Math.floor(this.clientWidth);
    if (this.plot && width > 0 && width !== this.plot.width) {
      this.plot.setSize({ width, height: this.plot.height });
    }
  }

  draw() {
    const chart = JSON.parse(this.dataset.chart);
    this.plot?.destroy();
    this.place.replaceChildren();
    if (this.clientWidth === 0) return;
    const data = [chart.x, ...chart.series.map((one) => one.values)];
    this.plot = new window.uPlot(this.options(chart), data, this.place);
  }

  options(chart) {
    const style = getComputedStyle(this);
    const colour = (name) => style.getPropertyValue(name).trim();
    const show = (value) => told(value, (it) => `${it.toFixed(chart.digits ?? 0)}${chart.unit ?? ""}`);
    const axis = { stroke: colour("--soft"), font: FONT, ticks: { show: false },
      grid: { stroke: colour("--grid"), width: 1 } };
    return {
      width: Math.floor(this.clientWidth),
      height: chart.height ?? 180,
      padding: [8, 20, 0, 0],
      cursor: { drag: { x: false, y: false }, points: { size: 7 } },
      legend: { show: chart.legend ?? chart.series.length > 1 },
      scales: { x: { time: Boolean(chart.time), range: (plot, low, high) => (low === high ? [low - DAY / 2, high + DAY / 2] : [low, high]) }, y: { range: (plot, low, high) => bounds(chart, low, high) } },
      axes: [
        { ...axis, grid: { show: false }, values: chart.time ? clock : undefined },
        { ...axis, size: 52, values: (plot, ticks) => ticks.map((tick) => show(tick)) },
      ],
      series: [
        { label: chart.time ? "Time" : chart.label ?? "", value: (plot, value) => told(value, chart.time ? moment : String) },
        ...chart.series.map((one, index) => series(one, colour(MARKS[index % MARKS.length]), show)),
      ],
      hooks: { draw: [(plot) => chart.series.forEach((one, index) => whiskers(plot, one, colour(MARKS[index % MARKS.length])))] },
    };
  }
}

// The values' range with their intervals, a little wider, within what the chart allows.
function bounds(chart, low, high) {
  const ends = chart.series.flatMap((one) => [...(one.low ?? []), ...(one.high ?? [])]).filter((end) => end !== null);
  const least = Math.min(low ?? 0, ...ends);
  const most = Math.max(high ?? 1, ...ends);
  const room = 0.08 * (most - least || 1);
  const top = Math.max(chart.min ?? least - room, most + room);
  return [Math.max(chart.min ?? -Infinity, least - room), Math.min(chart.max ?? Infinity, top)];
}

const two = (number) => String(number).padStart(2, "0");

function clock(plot, ticks, axis, space, step) {
  return ticks.map((tick) => {
    const at = new Date(1000 * tick);
    return step < 86400 ? `${two(at.getHours())}:${two(at.getMinutes())}`
      : at.toLocaleDateString(undefined, { day: "numeric", month: "short" });
  });
}

// What the legend says of a value; nothing while the pointer is elsewhere.
const told = (value, words) => (value === null || value === undefined ? "" : words(value));

const moment = (value) => new Date(1000 * value).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

function series(one, colour, show) {
  const kind = one.kind ?? "line";
  if (kind === "guide") {
    return { label: one.label, stroke: colour, width: 1, dash: [4, 4], points: { show: false }, spanGaps: true, value: (plot, value) => show(value) };
  }
  const common = { label: one.label, stroke: colour, value: (plot, value) => show(value), spanGaps: true };
  if (kind === "bars") {
    return { ...common, width: 0, fill: colour, points: { show: false }, paths: window.uPlot.paths.bars({ size: [0.75, 24] }) };
  }
  return { ...common, width: kind === "points" ? 0 : 2, points: { show: kind === "points" || (one.points ?? one.values.length < 60), size: kind === "points" ? 9 : 6, fill: colour } };
}

// A vertical line from the low to the high end of each value's interval.
function whiskers(plot, one, colour) {
  if (!one.low) return;
  const pen = plot.ctx;
  pen.save();
  pen.strokeStyle = colour;
  pen.globalAlpha = 0.45;
  pen.setLineDash([]);
  pen.lineWidth = 2 * window.devicePixelRatio;
  pen.beginPath();
  plot.data[0].forEach((x, index) => {
    const [low, high] = [one.low[index], one.high[index]];
    if (low === null || high === null) return;
    const across = plot.valToPos(x, "x", true);
    pen.moveTo(across, plot.valToPos(low, "y", true));
    pen.lineTo(across, plot.valToPos(high, "y", true));
  });
  pen.stroke();
  pen.restore();
}

customElements.define("orrery-chart", Chart);
