// The report as one page of HTML: styles, drawings and pictures are all in it, and it needs no script.
import { histogram, rocCurve } from "./drawings.mjs";
import { STYLE } from "./style.mjs";

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => ENTITIES[sign]);
const percent = (part, digits = 1) => `${(part * 100).toFixed(digits)} %`;

/** Below half, a score is drawn as a warning. */
const DOUBTFUL = 0.5;

function figure(value, label) {
  return `<div class="figure"><b>${value}</b><span>${label}</span></div>`;
}

function figures({ photographs, summary, threshold }) {
  const fit = photographs.filter(({ outcome }) => outcome.aligned).length;
  const faces = photographs.reduce((sum, photograph) => sum + photograph.faces.length, 0);
  const shown = [
    figure(photographs.length, "photographs"),
    figure(faces, "faces found"),
    figure(fit, "with one face fit to judge"),
  ];
  if (summary) {
    shown.push(
      figure(`${summary.right} / ${summary.pairs}`, `pairs told right at ${threshold.toFixed(3)}`),
      figure(`${summary.bestRight} / ${summary.pairs}`, `at ${summary.best.toFixed(3)}, the best for these`),
      figure(percent(summary.equalErrorRate, 2), "equal error rate"),
      figure(`${summary.falseAccepts} / ${summary.falseRejects}`, "strangers accepted / people refused"),
    );
  }
  return `<div class="figures">${shown.join("")}</div>`;
}

function overlay({ width, height, faces }) {
  const line = Math.max(width, height) / 240;
  const drawn = faces.map(({ region: [left, top, across, down], points, score }) => {
    const dots = points.map(([x, y], at) => `<circle class="p${at}" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${(line * 1.6).toFixed(1)}"/>`);
    const size = Math.max(width, height) / 32;
    const above = top > size * 1.4 ? top - size * 0.4 : top + size * 1.1;
    return (
      `<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${across.toFixed(1)}" height="${down.toFixed(1)}" ` +
      `rx="${line * 2}" stroke-width="${line.toFixed(1)}"/>${dots.join("")}` +
      `<text x="${(left + line * 2).toFixed(1)}" y="${above.toFixed(1)}" font-size="${size.toFixed(1)}">${score.toFixed(2)}</text>`
    );
  });
  return `<svg viewBox="0 0 ${width} ${height}" aria-hidden="true">${drawn.join("")}</svg>`;
}

function meter(label, value) {
  if (value === null || value === undefined) return `<dt>${label}</dt><dd class="none">not evaluated</dd>`;
  const kind = value < DOUBTFUL ? "low" : "high";
  return `<dt>${label}</dt><dd><i class="${kind}" style="width:${(value * 100).toFixed(1)}%"></i><span>${value.toFixed(2)}</span></dd>`;
}

function outcomeOf({ outcome }) {
  if (!outcome.aligned) {
    return `<p class="chip unfit">${escaped(outcome.code.replaceAll("_", " "))}</p><p class="hint">${escaped(outcome.hint)}</p>`;
  }
  const [yaw, pitch, roll] = outcome.pose.map((angle) => `${Math.round(angle)}°`);
  return (
    `<div class="judged"><img class="aligned" alt="The face as the models get it" src="${outcome.aligned}">` +
    `<div><p class="chip fit">fit</p><p class="measures">yaw ${yaw}, pitch ${pitch}, roll ${roll}<br>` +
    `brightness ${outcome.brightness.toFixed(0)}, sharpness ${outcome.sharpness.toFixed(0)}</p></div></div>` +
    `<dl>${meter("patterns", outcome.frequency)}${meter("network", outcome.network)}</dl>`
  );
}

function card(photograph) {
  return (
    `<article><div class="photograph" style="aspect-ratio:${photograph.width}/${photograph.height}">` +
    `<img alt="" loading="lazy" src="${photograph.picture}">${overlay(photograph)}</div>` +
    `<h4>${escaped(photograph.name).replaceAll("/", "/<wbr>")} <small>${photograph.width} × ${photograph.height}</small></h4>${outcomeOf(photograph)}</article>`
  );
}

/** Pairs that a threshold nearly, or really, gets wrong. */
function hardest({ pairs, photographs, threshold }) {
  const faces = new Map(photographs.map(({ name, outcome }) => [name, outcome.aligned]));
  const seen = pairs.filter(({ one, other, similarity }) => similarity !== null && faces.get(one) && faces.get(other));
  const sorted = (same, sign) => seen.filter((pair) => pair.same === same).sort((a, b) => sign * (a.similarity - b.similarity)).slice(0, 8);
  const drawn = (list) => list.map(({ one, other, same, similarity }) => {
    const wrong = similarity >= threshold !== same ? " wrong" : "";
    const images = [one, other].map((name) => `<img alt="${escaped(name)}" title="${escaped(name)}" src="${faces.get(name)}">`);
    return `<figure class="pair${wrong}">${images.join("")}<figcaption>${similarity.toFixed(3)}</figcaption></figure>`;
  });
  if (seen.length === 0) return "";
  return (
    `<h3>The hardest pairs</h3><p>One person, least alike</p><div class="pairs">${drawn(sorted(true, 1)).join("")}</div>` +
    `<p>Two people, most alike</p><div class="pairs">${drawn(sorted(false, -1)).join("")}</div>`
  );
}

function section(set) {
  const curves = set.summary
    ? `<div class="curves">${rocCurve(set.curve, set.threshold)}${histogram(set.pairs, set.threshold)}</div>`
    : "<p>No labelled pairs are among these photographs.</p>";
  return (
    `<section id="${set.name}"><h2>Models: ${escaped(set.name)}</h2>${figures(set)}${curves}${hardest(set)}` +
    `<h3>Every photograph</h3><div class="gallery">${set.photographs.map(card).join("")}</div></section>`
  );
}

export function page(sets, date) {
  const links = sets.map(({ name }) => `<a href="#${name}">${escaped(name)}</a>`).join("");
  return (
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<title>What the models see</title><style>${STYLE}</style><header><h1>What the models see</h1>` +
    `<p>${date}. Boxes with the detector's score and five points; faces as they are compared; whether one look can judge ` +
    `them; two scores for life, of which each is from 0 (a print or a screen) to 1 (a person).</p><nav>${links}</nav></header>` +
    `<main>${sets.map(section).join("")}</main></html>`
  );
}
