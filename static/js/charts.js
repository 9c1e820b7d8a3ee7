/* Draws [data-chart] from the JSON beside it, in the page's own colours; loads the engine only where there is a chart. */
(() => {
  "use strict";
  const engine = document.currentScript.dataset.engine;
  let loading = null;
  const drawn = new Map();

  const load = () => {
    loading ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = engine;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
    return loading;
  };

  /* Resolve a token to a colour that the engine can read, whatever the theme. */
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const colour = (token, element) => {
    const probe = document.createElement("span");
    probe.style.setProperty("color", `var(--${token})`);
    element.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = found;
    pen.fillRect(0, 0, 1, 1);
    const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
    return `rgb(${red}, ${green}, ${blue})`;
  };

  const options = (spec, element) => {
    const style = getComputedStyle(document.body);
    const font = { fontFamily: style.fontFamily, fontSize: 12, color: colour("ink-2", element) };
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const number = new Intl.NumberFormat(document.documentElement.lang);
    const shown = (value) => (value === null || value === undefined ? "–" : `${number.format(value)}${spec.unit ? ` ${spec.unit}` : ""}`);
    const line = { lineStyle: { color: colour("line", element) } };
    const wide = spec.series.reduce((sum, series) => sum + 38 + 7 * series.name.length, 0);
    const legendLines = Math.max(2, Math.ceil((1.3 * wide) / Math.max(element.clientWidth, 1)));
    const rtl = document.documentElement.dir === "rtl";
    const whole = spec.series.every((series) => series.values.every((value) => value === null || Number.isInteger(value)));
    const room = Math.floor((element.clientWidth - 40) / Math.max(spec.categories.length, 1)) - 6;
    const named = room >= 44 ? { ...font, interval: 0, width: room, overflow: "break", lineHeight: 15 } : font;
    return {
      animation: !still, animationDuration: 250, textStyle: font,
      grid: { top: spec.series.length > 1 ? 16 + 20 * legendLines : 24, bottom: 4, left: 4, right: 8, containLabel: true },
      legend: spec.series.length > 1 ? { top: 0, left: rtl ? "right" : "left", textStyle: font, icon: "roundRect", itemHeight: 10, padding: 0, itemGap: 12 } : undefined,
      tooltip: { show: false },
      aria: { enabled: true, decal: { show: matchMedia("(forced-colors: active)").matches || matchMedia("(prefers-contrast: more)").matches } },
      xAxis: { type: "category", inverse: rtl, data: spec.categories, axisLine: line, axisTick: { show: false }, axisLabel: named },
      yAxis: { type: "value", minInterval: whole ? 1 : 0, max: spec.maximum ?? undefined, position: rtl ? "right" : "left", splitLine: line, axisLabel: { ...font, formatter: (value) => number.format(value) } },
      series: spec.series.map((series) => ({
        name: series.name, type: spec.kind, data: series.values, stack: spec.stacked ? "all" : undefined,
        itemStyle: { color: colour(series.tone, element), borderRadius: spec.kind === "bar" && !spec.stacked ? 3 : 0 },
        lineStyle: { width: 2.5 }, symbolSize: 7, barMaxWidth: 44, connectNulls: false,
        label: { show: spec.series.length === 1 && spec.categories.length <= 12, position: "top", ...font, formatter: (point) => shown(point.value) },
        emphasis: { disabled: true },
      })),
    };
  };

  const draw = async (element) => {
    if (drawn.has(element)) return;
    const source = document.getElementById(element.dataset.chart);
    if (!source) return;
    try { await load(); } catch { element.hidden = true; return; }
    if (drawn.has(element)) return;
    const spec = JSON.parse(source.textContent);
    const picture = window.echarts.init(element, null, { renderer: "svg" });
    drawn.set(element, { picture, spec });
    picture.setOption(options(spec, element));
    new ResizeObserver(() => picture.resize()).observe(element);
  };
  const repaint = () => {
    for (const [element, { picture, spec }] of drawn) {
      if (element.isConnected) picture.setOption(options(spec, element));
      else { picture.dispose(); drawn.delete(element); }
    }
  };

  const start = () => {
    document.querySelectorAll("[data-chart]").forEach(draw);
    document.body.addEventListener("htmx:load", () => document.querySelectorAll("[data-chart]").forEach(draw));
    document.addEventListener("themechange", () => requestAnimationFrame(repaint));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
