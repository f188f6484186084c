// What tests of faces look at: the sets of models that are here, photographs from outside of this tree if
// there are any, pictures made on the spot, the Worker of faces as other Workers reach it, and the
// native program that looks with the same code.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { deflateSync, crc32 } from "node:zlib";
import { BUCKET, IDENTITY, putModels } from "../../xtask/runner/models.mjs";
import { ROOT } from "../../xtask/runner/workers.mjs";
import { Reply } from "./client.mjs";
import { record } from "./test.mjs";

const EXAMINE = "/internal/faces/examine";

/** A folder that a setting names, or that lies beside the project; nothing if there is none. */
const outside = (setting, name) => [process.env[setting] ?? join(ROOT, "../shared", name)].find(existsSync);

function manifest() {
  const texts = readFileSync(join(ROOT, "models/manifest.toml"), "utf8").split(/^\[\[model\]\]$/m).slice(1);
  const value = (text, key) => text.match(new RegExp(`^${key} = "(.*)"$`, "m"))?.[1];
  return texts.map((text) => ({ set: value(text, "set"), role: value(text, "role"), file: value(text, "file") }));
}

/** Where models may be, in the order of `xtask/models`. */
const FOLDERS = [process.env.PROOF_MODELS, ...["models", ".proof/models", "../shared/models"].map((name) => join(ROOT, name))].filter(Boolean);

/** The sets whose files are all here: `{set, files, paths}`. */
export function modelSets() {
  const sets = ["default", "published"].map((set) => {
    const files = manifest().filter((model) => model.set === set).map((model) => model.file);
    const paths = files.map((file) => FOLDERS.map((folder) => join(folder, file)).find(existsSync));
    return { set, files, paths };
  });
  return sets.filter(({ paths }) => paths.length > 0 && paths.every(Boolean));
}

/** Puts the files of a set where the Worker looks for those that an operator installs. */
export async function install(world, { paths }) {
  await putModels(await world.bucket(BUCKET, IDENTITY), paths);
}

/** Photographs of people, as paths; none if they are not here. */
export function photographs(...names) {
  const folder = outside("PROOF_FACES", "faces");
  const paths = folder ? names.map((name) => join(folder, name)) : [];
  return paths.every(existsSync) ? paths : [];
}

/** Asks the Worker to look. */
export async function examine(world, body, { type = "image/jpeg", query = "", path = EXAMINE, method = "POST", headers = {} } = {}) {
  const worker = await world.worker(IDENTITY);
  const exchange = { request: { method, path: path + query, headers, body: `(${body?.length ?? "?"} bytes)` }, logs: () => world.logs() };
  record(exchange);
  const sent = { ...(type ? { "content-type": type } : {}), ...headers };
  const response = await worker.fetch(`http://identity.internal${path}${query}`, { method, headers: sent, body, duplex: "half" });
  exchange.reply = new Reply(response.status, [...response.headers], await response.text());
  return exchange.reply;
}

export const examineJson = (world, body, options) => examine(world, JSON.stringify(body), { ...options, type: "application/json" });

export const dataUri = (bytes, type = "image/jpeg") => `data:${type};base64,${Buffer.from(bytes).toString("base64")}`;

/** What the same code says natively of pictures in files. */
export async function examineNatively({ set, paths }, files) {
  const args = [set, ...paths, "--", ...files];
  const options = { cwd: ROOT, maxBuffer: 1 << 28 };
  const cargo = ["run", "--quiet", "-p", "proof-identity", "--example", "examine", "--"];
  const program = process.env.PROOF_NATIVE_LOOK;
  const { stdout } = program
    ? await promisify(execFile)(program, args, options)
    : await promisify(execFile)("cargo", [...cargo, ...args], options);
  return stdout.trim().split("\n").map((line) => JSON.parse(line));
}

/** A PNG of `colour(x, y)`, three bytes a pixel. */
export function png(width, height, colour) {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0, at = 0; y < height; y++) {
    at++;
    for (let x = 0; x < width; x++) for (const value of colour(x, y)) rows[at++] = value;
  }
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

/**
 * A baseline JPEG in colour (4:2:0) that is grey everywhere. Its tables have one code each, a single 0: of no
 * difference, and of the end of a block; so a picture of any size takes 12 bits for 256 pixels.
 */
export function greyJpeg(width, height) {
  const blocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const segment = (marker, ...bytes) => [0xff, marker, (bytes.length + 2) >> 8, (bytes.length + 2) & 255, ...bytes];
  const table = (id) => segment(0xc4, id, 1, ...Array(15).fill(0), 0);
  const head = [
    ...[0xff, 0xd8],
    ...segment(0xdb, 0, ...Array(64).fill(16)),
    ...segment(0xc0, 8, height >> 8, height & 255, width >> 8, width & 255, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0),
    ...[...table(0x00), ...table(0x10)],
    ...segment(0xda, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0),
  ];
  return Buffer.concat([Buffer.from(head), Buffer.alloc(Math.ceil((blocks * 12) / 8)), Buffer.from([0xff, 0xd9])]);
}
