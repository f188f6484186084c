// Whether the Worker of faces sees what the native code sees, to a thousandth, with each set of models that
// is here; and whether several who ask at once fit into an isolate's memory.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, describe, test } from "./harness/test.mjs";
import { dataUri, examine, examineJson, examineNatively, greyJpeg, install, modelSets, photographs, png } from "./harness/faces.mjs";
import { startWorld } from "./harness/world.mjs";
import { IDENTITY } from "../xtask/runner/models.mjs";

/** An isolate's memory is 128 MB; this much of it is the module's, the rest is for waiting bodies and the platform. */
const MOST_MEMORY = 90_000_000;

const PEOPLE = photographs(
  "pairs300/img1.jpg",
  "pairs300/img2.jpg",
  "pairs300/img11.jpg",
  "pairs300/img26.jpg",
  "pairs300/couple.jpg",
  "knn5/train/obama/obama.jpg",
  "groups/test_images/obama_partial_face.jpg",
);

/** Two ovals, eyes and a mouth: hardly a face, and no one's. */
function drawn(width, height) {
  const oval = (x, y, left, top, across, down) => ((x - left) / across) ** 2 + ((y - top) / down) ** 2 < 1;
  return png(width, height, (x, y) => {
    const [u, v] = [x / width, y / height];
    if (oval(u, v, 0.4, 0.42, 0.04, 0.025) || oval(u, v, 0.6, 0.42, 0.04, 0.025)) return [40, 30, 30];
    if (oval(u, v, 0.5, 0.68, 0.09, 0.03)) return [150, 60, 60];
    if (oval(u, v, 0.5, 0.55, 0.025, 0.06)) return [190, 140, 120];
    if (oval(u, v, 0.5, 0.52, 0.24, 0.36)) return [215, 170, 145];
    return [90 + 60 * u, 120, 150 - 40 * v].map(Math.round);
  });
}

/** Times and memory differ; a template is compared by its numbers before they were rounded. */
function comparable({ template, details, ...rest }) {
  return { ...rest, embedding: details.embedding, rounded: template && [...Buffer.from(template, "base64").subarray(43, -8)] };
}

function assertSame(one, other, where) {
  if (typeof one === "number" && typeof other === "number") {
    // A number that was rounded may have been rounded the other way.
    const rounded = where.includes(".rounded");
    const signed = (value) => (rounded && value > 127 ? value - 256 : value);
    const most = rounded ? 1 : 1e-3 * Math.max(1, Math.abs(one));
    assert.ok(Math.abs(signed(one) - signed(other)) <= most, `${where}: ${one} and ${other}`);
  } else if (one !== null && typeof one === "object") {
    assert.deepEqual(Object.keys(one), Object.keys(other ?? {}), where);
    for (const key of Object.keys(one)) assertSame(one[key], other[key], `${where}.${key}`);
  } else assert.equal(one, other, where);
}

for (const set of modelSets())
  describe(`the ${set.set} set`, () => {
    let world;
    let folder;
    let made;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "proof-faces-"));
      made = [
        ["drawn.png", drawn(480, 480)],
        ["tall.png", drawn(300, 700)],
        ["grey.jpg", greyJpeg(1_280, 960)],
      ].map(([name, bytes]) => [join(folder, name), bytes]);
      for (const [file, bytes] of made) await writeFile(file, bytes);
      world = await startWorld({ bindings: { [IDENTITY]: { MODEL_SET: set.set, FACE_DETAILS: "on" } } });
      if (set.set === "published") await install(world, set);
    });
    after(async () => {
      await world?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const look = (bytes, type = "application/octet-stream") => examine(world, bytes, { type, query: "?details=true" });

    test("sees what the native code sees", async () => {
      const files = [...made.map(([file]) => file), ...PEOPLE];
      const natively = await examineNatively(set, files);
      assert.equal(natively.length, files.length);
      for (const [at, file] of files.entries()) {
        const { body } = (await look(await readFile(file))).expect(200);
        assertSame(comparable(body), comparable(natively[at]), basename(file));
      }
      if (PEOPLE.length > 0) assert.ok(natively.filter((one) => one.face).length >= 5, "photographs show faces");
    });

    test("finds no face where there is none, and says what helps", async () => {
      const { body } = (await look(greyJpeg(640, 480))).expect(200);
      assert.deepEqual([body.faces, body.unfit.reason, body.face, body.template], [0, "no_face", undefined, undefined]);
      assert.match(body.unfit.hint, /camera/);
    });

    test("compares with a template that was sent, and with none of another model", { skip: PEOPLE.length === 0 }, async () => {
      const [one, other, , , couple, obama] = await Promise.all(PEOPLE.map((file) => readFile(file)));
      const { template } = (await examine(world, one)).expect(200).body;
      const compared = async (file) => {
        const { body } = (await examineJson(world, { image: dataUri(file), template })).expect(200);
        assert.equal(body.template, undefined);
        return body.comparison;
      };
      const [self, same, stranger] = [await compared(one), await compared(other), await compared(obama)];
      assert.ok(self.match && self.similarity > 0.99, JSON.stringify(self));
      assert.ok(same.match, JSON.stringify(same));
      assert.ok(!stranger.match && stranger.similarity < stranger.threshold, JSON.stringify(stranger));
      const confidences = [self, same, stranger].map(({ confidence }) => confidence);
      assert.deepEqual(confidences, confidences.toSorted((one, two) => two - one), "the more alike, the surer");
      assert.ok(self.confidence <= 1 && same.confidence > 0.5 && stranger.confidence < 0.5 && stranger.confidence >= 0, `${confidences}`);
      const two = (await examineJson(world, { image: dataUri(couple), template })).expect(200).body;
      assert.deepEqual([two.unfit.reason, two.comparison], ["several_faces", undefined]);
      const bytes = Buffer.from(template, "base64");
      bytes[10] ^= 1;
      const sent = (image) => examineJson(world, { image: dataUri(image), template: bytes.toString("base64") });
      (await sent(one)).refused(400, "validation_error", { field: "template", says: /checksum/ });
      // Whole, and of another model: told whatever the picture shows.
      createHash("sha256").update(bytes.subarray(0, -8)).digest().copy(bytes, bytes.length - 8, 0, 8);
      for (const image of [one, couple, greyJpeg(640, 480)]) (await sent(image)).refused(409, "conflict", { field: "template", says: /enrolled again/ });
    });

    test("five at once, and the largest pictures that are taken, fit into its memory", async () => {
      const [most] = await Promise.all([largest(), look(drawn(480, 480))]);
      const people = await Promise.all(PEOPLE.slice(0, 3).map((file) => readFile(file)));
      const large = [most, most, png(6_000, 4_000, () => [200, 150, 120])];
      const replies = await Promise.all([...large, ...people, drawn(480, 480), drawn(300, 700)].slice(0, 5).map((file) => look(file)));
      // As much file as one may have, in base64 in JSON, twice at once.
      const whole = { image: dataUri(padded(most)) };
      const bodies = await Promise.all([1, 2].map(() => examineJson(world, whole, { query: "?details=true" })));
      const all = [...replies, ...bodies].map((reply) => reply.expect(200).body.details.memory_bytes);
      assert.ok(Math.max(...all) < MOST_MEMORY, `${all} bytes`);
    });

    /** The same picture with comments, nearly 8 MB. */
    function padded(jpeg) {
      const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0xff, 0xff]), Buffer.alloc(65_533, 0x2e)]);
      const count = Math.floor((7_990_000 - jpeg.length) / comment.length);
      return Buffer.concat([jpeg.subarray(0, 2), ...Array(count).fill(comment), jpeg.subarray(2)]);
    }

    /** The largest picture of 3:2 that is not refused. */
    async function largest() {
      const refused = (await look(greyJpeg(6_000, 4_000))).refused(400, "invalid_image", { says: /more than the \d+ that are taken/ });
      const limit = Number(refused.text.match(/more than the (\d+)/)[1]);
      const height = Math.floor(Math.sqrt((limit * 2) / 3));
      return greyJpeg(Math.floor(limit / height), height);
    }
  });
