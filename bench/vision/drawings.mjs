// Curves as SVG: which errors a threshold makes, and how alike pairs are.

const WIDTH = 560;
const HEIGHT = 340;
const EDGE = { left: 54, right: 30, top: 30, bottom: 46 };
const across = WIDTH - EDGE.left - EDGE.right;
const down = HEIGHT - EDGE.top - EDGE.bottom;

const at = (part) => (EDGE.left + part * across).toFixed(1);
const up = (part) => (EDGE.top + (1 - part) * down).toFixed(1);

function frame(title, inside) {
  return (
    `<svg class="curve" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">` +
    `<text class="title" x="${EDGE.left}" y="18">${title}</text>${inside}</svg>`
  );
}

const text = (x, y, says, anchor = "middle") => `<text x="${x}" y="${y}" text-anchor="${anchor}">${says}</text>`;
const below = (x, says) => text(x, HEIGHT - EDGE.bottom + 18, says);
const beside = (y, says) => text(EDGE.left - 8, Number(y) + 4, says, "end");
const rule = (x1, y1, x2, y2, kind = "grid") => `<line class="${kind}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;

/** Strangers on a scale of tens, so that what matters is wide. */
export function rocCurve(points, threshold) {
  const least = Math.min(...points.map(({ falseAccepts }) => falseAccepts).filter(Boolean));
  const decades = Math.max(1, Math.ceil(-Math.log10(least)));
  const place = (rate) => (rate <= 0 ? 0 : Math.max(0, 1 + Math.log10(rate) / decades));
  const grid = [];
  for (let decade = 0; decade <= decades; decade += 1) {
    const x = at(1 - decade / decades);
    grid.push(rule(x, up(0), x, up(1)), below(x, decade < decades ? `${(100 / 10 ** decade).toLocaleString("en-GB")} %` : "0"));
  }
  for (const part of [0, 0.25, 0.5, 0.75, 1]) grid.push(rule(at(0), up(part), at(1), up(part)), beside(up(part), `${part * 100} %`));
  const line = points.map(({ falseAccepts, falseRejects }, n) => `${n ? "L" : "M"}${at(place(falseAccepts))} ${up(1 - falseRejects)}`);
  const chosen = points.reduce((last, point) => (point.threshold >= threshold ? point : last), points[0]);
  const [x, y] = [at(place(chosen.falseAccepts)), up(1 - chosen.falseRejects)];
  const inside =
    `${grid.join("")}<path class="line" d="${line.join("")}"/><circle class="mark" cx="${x}" cy="${y}" r="5"/>` +
    text(Number(x) + 10, Number(y) + 18, `threshold ${threshold.toFixed(3)}`, "start") +
    text(EDGE.left + across / 2, HEIGHT - 8, "strangers accepted");
  return frame("People recognised, by strangers accepted", inside);
}

const FROM = -0.3;
const STEPS = 52;

export function histogram(pairs, threshold) {
  const step = (1 - FROM) / STEPS;
  const count = (same) => {
    const bars = new Array(STEPS).fill(0);
    const seen = pairs.filter((pair) => pair.same === same && pair.similarity !== null);
    for (const { similarity } of seen) {
      bars[Math.min(STEPS - 1, Math.max(0, Math.floor((similarity - FROM) / step)))] += 1 / seen.length;
    }
    return bars;
  };
  const kinds = [["different", count(false)], ["same", count(true)]];
  const most = Math.max(...kinds.flatMap(([, bars]) => bars));
  const bars = kinds.map(([kind, heights]) =>
    heights.map((height, n) => {
      if (!height) return "";
      const [x, y] = [at(n / STEPS), up(height / most)];
      return `<rect class="${kind}" x="${x}" y="${y}" width="${(across / STEPS - 1).toFixed(1)}" height="${(Number(up(0)) - Number(y)).toFixed(1)}"/>`;
    }).join(""),
  );
  const x = at((threshold - FROM) / (1 - FROM));
  const marks = [-0.2, 0, 0.2, 0.4, 0.6, 0.8, 1].map((value) => below(at((value - FROM) / (1 - FROM)), value.toFixed(1)));
  const inside =
    `${rule(at(0), up(0), at(1), up(0))}${bars.join("")}${marks.join("")}${rule(x, up(0), x, up(1), "threshold")}` +
    text(Number(x) - 6, EDGE.top + 12, `threshold ${threshold.toFixed(3)}`, "end") +
    `<rect class="different" x="${EDGE.left + across - 190}" y="8" width="12" height="12"/>` +
    text(EDGE.left + across - 172, 18, "two people", "start") +
    `<rect class="same" x="${EDGE.left + across - 90}" y="8" width="12" height="12"/>` +
    text(EDGE.left + across - 72, 18, "one person", "start") +
    text(EDGE.left + across / 2, HEIGHT - 8, "similarity of a pair");
  return frame("How alike pairs are", inside);
}
