// Turns figures into the tables of the README. Ratios above 1 mean that ours is better, whatever the row counts.
import { readFile, writeFile } from "node:fs/promises";
import { ROWS } from "./load/scenarios.mjs";
import { median, ratio, spread } from "./measure/summary.mjs";
import { LISTENERS, MEMORY_STREAMS } from "./rounds.mjs";

/** Where tables of a name stand in the README. */
const markers = (name) => [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
const README = new URL("README.md", import.meta.url);

const table = (head, rows) =>
  [head, head.map((_, i) => (i === 0 ? "---" : "--:")), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

const plain = (value, digits) =>
  value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });

function measured(values, digits) {
  return values ? `${plain(median(values), digits)} ±${(spread(values) * 100).toFixed(0)}%` : "–";
}

/** `1.23 ±0.04`, or `≈` in front where the rounds differ by more than the claim. */
function compared(ours, peer, direction) {
  if (!ours || !peer) return "–";
  const { median: middle, half, claimed } = ratio(ours, peer, direction);
  const text = `${middle.toFixed(2)} ±${half.toFixed(2)}`;
  return claimed ? `**${text}**` : `≈ ${text}`;
}

const of = (figures, system, field) => figures?.[system]?.map((one) => (field ? one[field] : one));
const MORE = { higherIsBetter: true };
const LESS = { higherIsBetter: false };

function routeTable(figures) {
  const rows = ROWS.filter(({ name }) => figures[name]).map(({ name, title }) => {
    const [a, b] = ["ours", "peer"].map((system) => (field) => of(figures[name], system, field));
    const wrong = ["ours", "peer"].flatMap((system) => of(figures[name], system, "wrong") ?? []).flat().length;
    const ratios = wrong
      ? [`${wrong} wrong answers`, "no claim"]
      : [compared(a("rate"), b("rate"), MORE), compared(a("cpu"), b("cpu"), LESS)];
    const pair = (field, digits) => ["ours", "peer"].map((s) => {
      const values = of(figures[name], s, field);
      return values ? plain(median(values), digits) : "–";
    }).join(" / ");
    return [
      title, ratios[0], ratios[1], measured(a("rate"), 0), measured(b("rate"), 0),
      measured(a("cpu"), 0), measured(b("cpu"), 0), pair("p50", 1), pair("p99", 1),
    ];
  });
  const head = [
    "route", "ratio by requests/s", "ratio by CPU", "ours, requests/s", "peer, requests/s",
    "ours, CPU µs/request", "peer, CPU µs/request", "p50 ms, ours / peer", "p99 ms, ours / peer",
  ];
  return table(head, rows);
}

function otherTable(streams, starts) {
  const rows = LISTENERS.filter(([count]) => streams[count]).map(([count]) => {
    const [a, b] = ["ours", "peer"].map((system) => of(streams[count], system));
    const who = count === 1 ? "the listener knows" : `all of ${plain(count, 0)} listeners know`;
    return [`SSE: submit sent → ${who}, ms`, compared(a, b, LESS), measured(a, 1), measured(b, 1)];
  });
  const fields = [
    [`resident memory added by ${plain(MEMORY_STREAMS, 0)} open streams, MiB`, "memory", 1, 2 ** 20],
    ["cold start: process start → first byte, ms", "milliseconds", 0, 1],
    ["cold start: CPU until the first byte, ms", "cpuMilliseconds", 0, 1],
    ["first create → verified after a cold start, ms", "firstProof", 1, 1],
  ];
  for (const [title, field, digits, unit] of starts.start ? fields : []) {
    const [a, b] = ["ours", "peer"].map((system) => of(starts.start, system, field)?.map((value) => value / unit));
    rows.push([title, compared(a, b, LESS), measured(a, digits), measured(b, digits)]);
  }
  return table(["", "ratio", "ours", "peer"], rows);
}

const WAYS = {
  submit: "a right code by `/submit`",
  whatsapp: "WhatsApp's webhook",
  telegram: "Telegram's two webhooks: Start, and the contact",
  twilio: "Twilio's webhook",
  telnyx: "Telnyx's webhook",
};

function inboundTable(inbound) {
  const rows = Object.entries(WAYS).map(([name, title]) => {
    const { p50, p99 } = inbound[name];
    return [title, plain(p50 / inbound.submit.p50, 2), plain(p50, 1), plain(p99, 1)];
  });
  return table(["message sent → verified, one at a time", "of `/submit`", "p50 ms", "p99 ms"], rows);
}

function webhookTable(webhooks) {
  const fields = [
    ["deliveries a second, while verifications complete as fast as they can", "rate", MORE, 0],
    ["completions a second, meanwhile", "submitted", MORE, 0],
    ["CPU for a completion and its delivery, µs", "cpu", LESS, 0],
    ["right code sent → first byte at the receiver, one at a time, p50 ms", "p50", LESS, 1],
    ["the same, p99 ms", "p99", LESS, 1],
  ];
  const rows = fields.map(([title, field, direction, digits]) => {
    const [a, b] = ["ours", "peer"].map((system) => of(webhooks, system, field));
    return [title, compared(a, b, direction), measured(a, digits), measured(b, digits)];
  });
  return table(["webhooks", "ratio", "ours", "peer"], rows);
}

function pageTable(page) {
  const fields = [
    ["transferred, KiB after gzip", "bytes", 1, 1024],
    ["requests", "requests", 0, 1],
    ["first paint, ms", "first", 0, 1],
    ["largest paint, ms", "largest", 0, 1],
    ["can be used, ms", "interactive", 0, 1],
    ["layout shift", "shift", 3, 1],
  ];
  const rows = fields.map(([title, field, digits, unit]) => [
    title, ...["here", "slow"].map((where) => plain(page[where][field] / unit, digits)),
  ]);
  return table(["page of a request, first view", "on this machine", "on a slow phone"], rows);
}

function walletTable({ rows, figures }) {
  const cells = rows.map(({ name, title }) => {
    const [a, b] = ["ours", "peer"].map((system) => (field) => of(figures[name], system, field));
    const wrong = ["ours", "peer"].flatMap((system) => of(figures[name], system, "wrong") ?? []).flat().length;
    const ratios = wrong ? [`${wrong} wrong answers`, "no claim"] : [compared(a("rate"), b("rate"), MORE), compared(a("cpu"), b("cpu"), LESS)];
    return [title, ...ratios, measured(a("rate"), 0), measured(b("rate"), 0), measured(a("cpu"), 0), measured(b("cpu"), 0)];
  });
  const head = [
    "wallet signatures", "ratio by checks/s", "ratio by CPU", "ours, checks/s", "peer, checks/s", "ours, CPU µs/check", "peer, CPU µs/check",
  ];
  return table(head, cells);
}

function sizeTable(sizes) {
  const kib = (bytes) => (bytes === undefined ? "–" : plain(bytes / 1024, 1));
  const rows = Object.entries(sizes).map(([worker, { ours, peer }]) => [
    `\`${worker}\``, ours && peer ? (peer / ours).toFixed(2) : "–", kib(ours), kib(peer),
  ]);
  return table(["Worker, KiB after gzip", "ratio", "ours", "peer"], rows);
}

export function report({ setting, routes, streams, starts, wallets, sizes, floor, webhooks, inbound, page }) {
  const floorLine = floor
    ? `A Worker that does nothing costs ${plain(floor.cpu, 0)} µs of CPU per request in the same simulator; ` +
      "every figure below contains that."
    : "";
  const parts = [setting.join("\n"), floorLine];
  if (Object.keys(routes).length > 0) parts.push(routeTable(routes));
  if (Object.keys(streams).length > 0 || starts.start) parts.push(otherTable(streams, starts));
  if (webhooks) parts.push(webhookTable(webhooks));
  if (inbound) parts.push(inboundTable(inbound));
  if (page) parts.push(pageTable(page));
  if (wallets.rows.length > 0) parts.push(walletTable(wallets));
  parts.push(sizeTable(sizes));
  return parts.filter(Boolean).join("\n\n");
}

export async function writeReadme(text, name = "bench") {
  const [begin, end] = markers(name);
  const readme = await readFile(README, "utf8");
  const [before, rest] = readme.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error("bench/README.md has lost its markers");
  await writeFile(README, `${before}${begin}\n${text}\n${end}${after}`);
}
