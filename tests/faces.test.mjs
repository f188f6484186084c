// The Worker of faces, as other Workers reach it: that nobody else does, that bad pictures are refused
// one by one with what is wrong, and that missing models are said and do not stay missing.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { dataUri, examine, examineJson, greyJpeg, install, modelSets, png } from "./harness/faces.mjs";
import { eventually } from "./harness/poll.mjs";
import { startWorld } from "./harness/world.mjs";
import { BUCKET, IDENTITY } from "../xtask/runner/models.mjs";
import { readWorkers } from "../xtask/runner/workers.mjs";

let world;
before(async () => {
  world = await startWorld({ bindings: { [IDENTITY]: { MODEL_SET: "published" } } });
});
after(() => world?.stop());

const small = png(64, 64, (x, y) => [x * 4, y * 4, 128]);

test("it has no address of its own", async () => {
  const { options } = (await readWorkers()).find(({ name }) => name === IDENTITY);
  assert.equal(options.routes, undefined);
  for (const path of ["/internal/faces/examine", "/internal/faces", "/api/v1/internal/faces/examine"])
    (await world.anonymous.post(path, undefined, { raw: small, headers: { "content-type": "image/png" } })).refused(404, "not_found");
  const { paths } = (await world.anonymous.get("/api/openapi-3.1.json")).body;
  assert.ok(Object.keys(paths).every((path) => !path.startsWith("/internal")));
});

test("a file that declares more pixels than are taken is refused before one is decoded", async () => {
  const bomb = greyJpeg(16, 16);
  const frame = bomb.indexOf(Buffer.from([0xff, 0xc0]));
  bomb.fill(0xff, frame + 5, frame + 9);
  assert.ok(bomb.length < 200, `${bomb.length}`);
  (await examine(world, bomb)).refused(400, "invalid_image", { field: "image", says: /65535×65535 pixels/ });
  const wide = png(64, 64, () => [0, 0, 0]);
  wide.writeUInt32BE(40_000, 16);
  wide.writeUInt32BE(40_000, 20);
  (await examine(world, wide, { type: "image/png" })).refused(400, "invalid_image", { field: "image", says: /pixels/ });
});

test("what is no whole picture of a known kind is refused", async () => {
  const jpeg = greyJpeg(640, 480);
  for (const [file, type, says] of [
    [jpeg.subarray(0, jpeg.length - 300), "image/jpeg", /ends before its end/],
    [jpeg.subarray(0, 40), "image/jpeg", /ends before its end/],
    [Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"), "image/svg+xml", /neither JPEG, PNG nor WebP/],
    [Buffer.from("GIF89a…"), "application/octet-stream", /neither JPEG, PNG nor WebP/],
    [Buffer.from("words"), "image/jpeg", /neither JPEG, PNG nor WebP/],
    [small, "image/jpeg", /the content is PNG/],
    [png(8, 8, () => [1, 2, 3]), "image/png", /each side needs 32/],
    [Buffer.alloc(0), "image/jpeg", /nothing was sent/],
    [undefined, "image/png", /nothing was sent/],
  ])
    (await examine(world, file, { type })).refused(400, "invalid_image", { field: "image", says });
});

test("only pictures and JSON are taken", async () => {
  for (const type of ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/json-patch+json", "*/*"])
    (await examine(world, small, { type })).refused(415, "unsupported_media_type");
  (await examine(world, small, { method: "PUT" })).refused(405, "method_not_allowed");
  (await examine(world, small, { path: "/internal/faces/other" })).refused(404, "not_found");
  (await examine(world, small, { type: "image/png", query: "?fast=true" })).refused(400, "validation_error", { field: "fast" });
  // Only for those who measure.
  (await examine(world, small, { type: "image/png", query: "?details=true" })).refused(400, "validation_error", { field: "details" });
});

test("JSON is read strictly, and its picture as any other", async () => {
  const image = dataUri(small, "image/png");
  for (const [body, code, field] of [
    [{}, "validation_error", "image"],
    [{ image: 1 }, "validation_error", "image"],
    [{ image, frames: [] }, "validation_error", "frames"],
    [{ image, template: "?" }, "validation_error", "template"],
    [{ image, template: "AAAA" }, "validation_error", "template"],
    [{ image: "" }, "invalid_image", "image"],
    [{ image: "https://example.com/me.jpg" }, "invalid_image", "image"],
    [{ image: "data:image/png;base64,====" }, "invalid_image", "image"],
    [{ image: dataUri(small, "image/jpeg") }, "invalid_image", "image"],
    [{ image: dataUri(Buffer.from("words")) }, "invalid_image", "image"],
  ])
    (await examineJson(world, body)).refused(400, code, { field });
  (await examine(world, "[", { type: "application/json" })).refused(400, "validation_error");
});

test("what is too large is refused, with and without a declared length", async () => {
  const large = Buffer.alloc(8_000_001, 0xff);
  small.copy(large);
  (await examine(world, large, { type: "image/png" })).refused(413, "payload_too_large", { field: "image" });
  (await examineJson(world, { image: dataUri(large, "image/png") })).refused(413, "payload_too_large");
  (await examine(world, Buffer.alloc(10_700_001), { type: "image/png" })).refused(413, "payload_too_large", { says: /10700000 bytes/ });
  const pieces = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 11; i++) controller.enqueue(new Uint8Array(1_000_000));
      controller.close();
    },
  });
  (await examine(world, pieces, { type: "image/png" })).refused(413, "payload_too_large");
});

const missing = () => examine(world, small, { type: "image/png" });
/** What the log says of reading models, as soon as it says so often. */
const told = (count) =>
  eventually(`${count} lines about models`, () => {
    const lines = world.logs().filter((line) => line.includes('"models_read"'));
    return lines.length >= count && lines;
  });

test("models that are not there are said", async () => {
  const replies = await Promise.all([missing(), missing(), missing()]);
  for (const reply of replies) {
    reply.refused(503, "model_unavailable");
    assert.equal(reply.headers.get("retry-after"), "5");
    assert.ok(!/onnx|yunet/i.test(reply.text), "what is missing is for the log");
  }
  assert.match((await told(1))[0], /\.onnx is not there/);
});

const published = modelSets().find(({ set }) => set === "published");

test("models are used as soon as they are there", { skip: !published }, async () => {
  const [first, ...others] = published.files;
  const bucket = await world.bucket(BUCKET, IDENTITY);
  await install(world, published);
  await bucket.put(first, "another file");
  const before = (await told(1)).length;
  (await missing()).refused(503, "model_unavailable");
  assert.match((await told(before + 1)).at(-1), /SHA-256/);
  await bucket.delete(others[0]);
  (await missing()).refused(503, "model_unavailable");
  assert.match((await told(before + 2)).at(-1), /\.onnx is not there/);
  await install(world, published);
  const seen = [...(await Promise.all([missing(), missing(), missing()])), await missing()];
  for (const reply of seen) assert.equal(reply.expect(200).body.unfit.reason, "no_face");
  const read = (await told(before + 3)).filter((line) => line.includes('"info"'));
  assert.equal(read.length, 1, "who comes meanwhile waits for the same");
});

test("a set of a name that there is none of is an operator's mistake, not the caller's", async () => {
  await world.reload({ bindings: { [IDENTITY]: { MODEL_SET: "best" } } });
  (await examine(world, small, { type: "image/png" })).refused(503, "model_unavailable");
});
