// Values under the pointer, or under the arrow keys, for each chart.
for (const figure of document.querySelectorAll("[data-chart]")) {
  const { left, right, from, to, series } = JSON.parse(figure.dataset.chart);
  const svg = figure.querySelector("svg");
  const cursor = svg.querySelector(".cursor");
  const tip = figure.querySelector(".tip");
  const steps = [...new Set(series.flatMap((s) => s.steps))].sort((a, b) => a - b);
  let at = -1;

  const nearest = (sorted, step) =>
    sorted.reduce((best, x, i) => (Math.abs(x - step) < Math.abs(sorted[best] - step) ? i : best), 0);

  function show(index) {
    at = Math.max(0, Math.min(steps.length - 1, index));
    const step = steps[at];
    const x = left + ((step - from) / Math.max(1, to - from)) * (right - left);
    cursor.setAttribute("x1", x);
    cursor.setAttribute("x2", x);
    cursor.style.visibility = "visible";
    tip.textContent = [
      `step ${step}`,
      ...series
        .filter((s) => step >= s.steps[0] && step <= s.steps.at(-1))
        .map((s) => `${s.name}  ${s.labels[nearest(s.steps, step)]}`),
    ].join("\n");
    tip.hidden = false;
    const near = x < (left + right) / 2;
    tip.style.left = near ? "auto" : "3.6rem";
    tip.style.right = near ? "1rem" : "auto";
  }

  function hide() {
    cursor.style.visibility = "hidden";
    tip.hidden = true;
  }

  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    const step = from + ((x - left) / (right - left)) * (to - from);
    show(nearest(steps, step));
  });
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("blur", hide);
  svg.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (move) {
      show(at < 0 ? 0 : at + move);
      event.preventDefault();
    } else if (event.key === "Escape") {
      hide();
    }
  });
}
