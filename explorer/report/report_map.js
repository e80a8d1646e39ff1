"use strict";
(function () {
  const place = document.getElementById("map");
  const data = JSON.parse(document.getElementById("map-data").textContent);
  const colours = ["#4269d0", "#efb118", "#ff725c", "#3ca951", "#a463f2", "#6cc5b0",
    "#ff8ab7", "#9c6b4e", "#97bbf5", "#b6992d", "#e15759", "#2f8f9d"];
  const hasWebGL = Boolean(document.createElement("canvas").getContext("webgl"));

  function theme() {
    const style = getComputedStyle(document.documentElement);
    const read = function (name) { return style.getPropertyValue(name).trim(); };
    return { ink: read("--ink"), paper: read("--paper"), other: read("--map-other"), loose: read("--map-loose"),
      alert: read("--alert"), line: read("--line"), label: read("--map-label") };
  }

  function trace(item, look, size) {
    const anomaly = item.colour === "anomaly";
    const colour = typeof item.colour === "number" ? colours[item.colour] : look[anomaly ? "alert" : item.colour];
    const marker = anomaly
      ? { symbol: "circle-open", size: Math.max(9, size + 5), color: colour, line: { width: 2, color: colour } }
      : { size: size, color: colour, opacity: item.colour === "loose" ? 0.55 : 0.85 };
    return { type: hasWebGL ? "scattergl" : "scatter", mode: "markers", name: item.name, marker: marker,
      x: { dtype: "f4", bdata: item.x }, y: { dtype: "f4", bdata: item.y }, text: item.text, hoverinfo: "text" };
  }

  function draw() {
    const look = theme();
    const size = data.n_shown > 5000 ? 3.5 : data.n_shown > 800 ? 5 : 8;
    const axis = { visible: false, zeroline: false, showgrid: false };
    const labels = data.labels.map(function (label) {
      return { x: label.x, y: label.y, text: label.text, showarrow: false, bgcolor: look.label, borderpad: 2,
        font: { size: 11, color: look.ink } };
    });
    Plotly.react(place, data.traces.map(function (item) { return trace(item, look, size); }), {
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", dragmode: "pan", hovermode: "closest",
      margin: { l: 8, r: 8, t: 34, b: 8 }, font: { color: look.ink, family: "system-ui, sans-serif", size: 12 },
      xaxis: axis, yaxis: Object.assign({ scaleanchor: "x" }, axis), annotations: labels, showlegend: true,
      legend: { itemsizing: "constant", orientation: place.clientWidth < 720 ? "h" : "v", bgcolor: "rgba(0,0,0,0)", font: { color: look.ink } },
      hoverlabel: { align: "left", bgcolor: look.paper, bordercolor: look.line, font: { color: look.ink } },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: look.other, activecolor: look.ink },
    }, { responsive: true, displaylogo: false, scrollZoom: false, typesetMath: false,
      // Plotly's own set of buttons has one that sends the chart, texts and all, to a server.
      showSendToCloud: false, plotlyServerURL: "",
      modeBarButtons: [["zoomIn2d", "zoomOut2d", "pan2d", "zoom2d", "resetScale2d", "toImage"]] });
  }

  draw();
  [window.matchMedia("(prefers-color-scheme: dark)"), window.matchMedia("print")].forEach(function (query) {
    query.addEventListener("change", function () {
      draw();
      Plotly.Plots.resize(place);
    });
  });
}());
