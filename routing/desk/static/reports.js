// The chart of days, drawn from the table beside it; without this script the table stays open.
"use strict";
(() => {
  for (const button of document.querySelectorAll("[data-prints]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  const place = document.getElementById("chart");
  if (!place || !window.uPlot) return;
  const rows = [...document.querySelectorAll("#day-table tbody tr")];
  if (rows.length < 2) return;
  document.getElementById("same-table").open = false;
  place.hidden = false;

  const answered = rows.map(row => Number(row.dataset.answered));
  const all = rows.map((row, at) => answered[at] + Number(row.dataset.missed));
  const names = rows.map(row => row.cells[0].textContent);
  const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const bars = uPlot.paths.bars({ size: [0.72, 46], radius: rows.length < 100 ? 0.12 : 0 });
  let plot = null;

  const draw = () => {
    if (plot) plot.destroy();
    const axis = { stroke: color("--quiet"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
    plot = new uPlot({
      width: place.clientWidth, height: 260,
      legend: { show: false }, cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: { x: { time: false, range: [-0.6, rows.length - 0.4] }, y: { range: (_, low, high) => [0, Math.max(high * 1.08, 4)] } },
      axes: [
        { ...axis, grid: { show: false }, space: names[0].length > 12 ? 118 : 78, size: 30, values: (_, at) => at.map(each => Number.isInteger(each) ? names[each] ?? "" : "") },
        { ...axis, size: 46, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] },
      ],
      series: [
        {},
        { fill: color("--chart-2"), width: 0, paths: bars, points: { show: false } },
        { fill: color("--chart-1"), width: 0, paths: bars, points: { show: false } },
      ],
      hooks: { setCursor: [show] },
    }, [rows.map((_, at) => at), all, answered], place);
    place.append(tip);
  };

  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  const show = shown => {
    const at = shown.cursor.idx;
    tip.hidden = at === null || at === undefined || shown.cursor.left < 0;
    if (tip.hidden) return;
    tip.textContent = `${names[at]} · ${place.dataset.answered}: ${answered[at]} · ${place.dataset.missed}: ${all[at] - answered[at]}`;
    const left = shown.cursor.left + 50;
    tip.style.left = `${Math.max(0, Math.min(left - tip.offsetWidth / 2, place.clientWidth - tip.offsetWidth))}px`;
  };

  draw();
  let width = place.clientWidth;
  new ResizeObserver(() => { if (place.clientWidth !== width) { width = place.clientWidth; draw(); } }).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
