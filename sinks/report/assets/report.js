// Draws the charts as they come into view, and searches the list.
(function () {
  "use strict";
  const data = JSON.parse(document.getElementById("charts").textContent);
  const paper = matchMedia("print");
  const drawn = new Map();
  const height = 210;
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const km = (v) => (v == null ? "–" : v.toLocaleString("en") + " " + data.words.km);
  const day = (v) => (v == null ? "–" : new Date(v * 1000).toISOString().slice(0, 10));

  // A way back is a red line from the reading before it.
  const waysBack = (chart) => (u) => {
    const ctx = u.ctx;
    ctx.save();
    ctx.strokeStyle = color("--high");
    ctx.lineWidth = 3 * devicePixelRatio;
    for (const i of chart.back) {
      if (i === 0) continue;
      ctx.beginPath();
      ctx.moveTo(u.valToPos(chart.t[i - 1], "x", true), u.valToPos(chart.km[i - 1], "y", true));
      ctx.lineTo(u.valToPos(chart.t[i], "x", true), u.valToPos(chart.km[i], "y", true));
      ctx.stroke();
    }
    ctx.restore();
  };

  const draw = (box) => {
    const chart = data.charts[+box.dataset.chart];
    const old = drawn.get(box);
    if (old) old.destroy();
    const back = chart.km.map((v, i) => (chart.back.includes(i) ? v : null));
    const axis = { stroke: color("--soft"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false }, font: "12px " + getComputedStyle(document.body).fontFamily };
    const width = Math.max(200, Math.floor(box.clientWidth));
    drawn.set(box, new uPlot({
      width, height, tzDate: (t) => uPlot.tzDate(new Date(t * 1000), "UTC"),
      cursor: { y: false, drag: { x: false, y: false } },
      scales: { y: { range: (u, low, high) => [0, Math.max(1000, high * 1.06)] } },
      axes: [
        { ...axis, grid: { show: false }, space: 70, size: 34, values: (u, ticks, a, space, step) => ticks.map((t) => (step >= 31536000 ? day(t).slice(0, 4) : day(t).slice(0, 7))) },
        { ...axis, size: 64, space: 42, values: (u, ticks) => ticks.map((v) => v.toLocaleString("en")) },
      ],
      series: [
        { label: data.words.date, value: (u, v) => day(v) },
        { label: data.words.reading, stroke: color("--accent"), width: 2, points: { show: true, size: 6, fill: color("--paper") }, value: (u, v) => km(v) },
        { label: data.words.back, stroke: color("--high"), width: 0, paths: () => null, show: chart.back.length > 0, points: { show: true, size: 10, fill: color("--high") }, value: (u, v, s, i) => (v == null || !i ? "–" : km(chart.km[i - 1] - v)) },
      ].slice(0, chart.back.length > 0 ? 3 : 2),
      hooks: { draw: [waysBack(chart)], ready: [(u) => u.setLegend({ idx: chart.t.length - 1 })] },
    }, [chart.t, chart.km, back].slice(0, chart.back.length > 0 ? 3 : 2), box));
  };

  const boxes = [...document.querySelectorAll("[data-chart]")];
  const seen = new IntersectionObserver((entries) => {
    for (const e of entries) {
      if (!e.isIntersecting || drawn.has(e.target)) continue;
      draw(e.target);
    }
  }, { rootMargin: "600px" });
  boxes.forEach((b) => seen.observe(b));

  let waiting = 0;
  const again = () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => [...drawn.keys()].forEach(draw));
  };
  let wide = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth !== wide) again();
    wide = innerWidth;
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);

  // On paper every chart is drawn, and every list open.
  const closed = [];
  const toPaper = () => {
    document.documentElement.classList.add("paper");
    for (const d of document.querySelectorAll("details:not([open])")) {
      closed.push(d);
      d.open = true;
    }
    boxes.forEach(draw);
  };
  const fromPaper = () => {
    document.documentElement.classList.remove("paper");
    closed.splice(0).forEach((d) => { d.open = false; });
    again();
  };
  paper.addEventListener("change", (e) => (e.matches ? toPaper() : fromPaper()));
  addEventListener("beforeprint", toPaper);
  addEventListener("afterprint", fromPaper);

  const find = document.getElementById("find");
  if (find) {
    const rows = [...document.querySelectorAll("#worst tbody tr")];
    find.addEventListener("input", () => {
      const want = find.value.trim().toLowerCase();
      let left = 0;
      for (const r of rows) {
        r.hidden = !r.dataset.find.includes(want);
        left += r.hidden ? 0 : 1;
      }
      document.getElementById("none").hidden = left > 0;
    });
  }
})();
