// <orrery-threshold data-points='[{"confidence", "coverage", "risk"}, …]' data-puzzles="N">: a slider
// that marks a point on the chart inside it, and tells what it stands for.
const percent = (share, digits) => `${(100 * share).toFixed(digits)} %`;

class Threshold extends HTMLElement {
  connectedCallback() {
    this.points = JSON.parse(this.dataset.points);
    this.chart = this.querySelector("orrery-chart");
    this.slider = this.querySelector("input[type=range]");
    for (const part of this.querySelectorAll("[data-choose], [data-told]")) part.hidden = false;
    this.slider.addEventListener("input", () => this.show());
    this.show();
  }

  show() {
    const chosen = Number(this.slider.value);
    const { confidence, coverage, risk } = this.points[chosen];
    const answers = Math.round(coverage * Number(this.dataset.puzzles));
    const told = { confidence: percent(confidence, 1), coverage: percent(coverage, 1), risk: percent(risk, 2), answers };
    for (const [name, words] of Object.entries(told)) this.querySelector(`[data-${name}]`).textContent = words;
    this.slider.setAttribute("aria-valuetext", `from ${told.confidence}: ${told.coverage} answered, ${told.risk} of them wrong`);
    const drawn = JSON.parse(this.chart.dataset.chart);
    const mark = drawn.series[drawn.series.length - 1];
    mark.values = mark.values.map((_, place) => (place === chosen ? drawn.series[0].values[place] : null));
    this.chart.dataset.chart = JSON.stringify(drawn);
  }
}

customElements.define("orrery-threshold", Threshold);
