// `cargo xtask bench vision --report`: one page that holds everything it shows: each photograph with what was found in
// it, the faces as the models get them, and how well people are told apart. It is written below target/ and never
// checked in, because the photographs are not the project's.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { curve, summary } from "./curves.mjs";
import { call } from "./native.mjs";
import { page } from "./page.mjs";
import { allPhotographs } from "./photographs.mjs";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"];
const PICTURE = { width: 1280, height: 2400 };

/** Labelled pairs, where a folder has a `master.csv` of them: two names and Yes or No. */
async function labelledPairs(folder, photographs) {
  const lists = [...new Set(photographs.map((name) => name.slice(0, name.lastIndexOf("/") + 1)))];
  const pairs = [];
  for (const below of lists) {
    const text = await readFile(`${folder}/${below}master.csv`, "utf8").catch(() => "");
    for (const line of text.split(/\r?\n/).slice(1)) {
      const [one, other, same] = line.trim().split(",");
      if (same) pairs.push([`${below}${one}`, `${below}${other}`, same === "Yes"]);
    }
  }
  return pairs;
}

async function look(set, { program, manifest }, shown, out) {
  const work = JSON.stringify({ set: set.name, manifest, models: set.models, shown });
  const { stdout } = await call(program, work);
  const report = JSON.parse(stdout);
  await writeFile(`${out}/${set.name}.json`, stdout);
  return { name: set.name, ...report, curve: curve(report.pairs), summary: summary(report.pairs, report.threshold) };
}

/** The upper part of the page as a picture, where there is a Chromium. */
async function photograph(file, to) {
  const executablePath = CHROMIUM.find(existsSync);
  if (!executablePath) return false;
  const browser = await chromium.launch({ executablePath, args: QUIET });
  try {
    const tab = await browser.newPage({ viewport: PICTURE });
    await tab.goto(`file://${file}`);
    await tab.screenshot({ path: to });
  } finally {
    await browser.close();
  }
  return true;
}

async function main() {
  const [given, ...flags] = process.argv.slice(2);
  const places = JSON.parse(given);
  const { values } = parseArgs({ args: flags, options: { photographs: { type: "string" } }, strict: true });
  const folder = values.photographs ?? places.photographs;
  if (!folder) throw new Error("There are no photographs here: name a folder with --photographs or PROOF_FACES.");
  if (places.sets.length === 0) throw new Error("No set of models is complete here: see `cargo xtask models list`.");
  await mkdir(places.out, { recursive: true });
  const photographs = (await allPhotographs(folder)).map((path) => relative(folder, path));
  const shown = { folder, photographs, pairs: await labelledPairs(folder, photographs) };
  const sets = [];
  for (const set of places.sets) sets.push(await look(set, places, shown, places.out));
  const file = `${places.out}/report.html`;
  await writeFile(file, page(sets, new Date().toISOString().slice(0, 10)));
  console.log(file);
  if (await photograph(file, `${places.out}/report.png`)) console.log(`${places.out}/report.png`);
}

await main();
