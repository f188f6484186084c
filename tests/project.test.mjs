// How tenants present themselves to people: what they may set, what they may not, and that it concerns
// nobody else.
import assert from "node:assert/strict";
import { crc32, deflateSync, inflateSync } from "node:zlib";
import { after, before, test } from "./harness/test.mjs";
import { DESKTOP, startBrowser } from "./harness/browser.mjs";
import { startWorld } from "./harness/world.mjs";
import { random } from "./harness/steps.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const project = async (client) => (await client.get("project")).expect(200).body;
const patch = (client, body) => client.request("PATCH", "project", { body });
const change = async (client, body) => (await patch(client, body)).expect(200).body;

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
function chunk(kind, data = Buffer.alloc(0)) {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), Buffer.from(data)]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(body.length - 4, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
/** A picture of one colour, with more chunks or another header if they are given. */
function png({ width = 40, height = 20, rgb = [11, 95, 255], more = [], behind = Buffer.alloc(0), rows } = {}) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  rows ??= Buffer.concat(Array.from({ length: height }, () => Buffer.from([0, ...Array(width).fill(rgb).flat()])));
  return Buffer.concat([SIGNATURE, chunk("IHDR", header), ...more, chunk("IDAT", deflateSync(rows)), chunk("IEND"), behind]);
}
const uri = (bytes, type = "image/png") => `data:${type};base64,${Buffer.from(bytes).toString("base64")}`;
/** The public picture, byte for byte. */
async function picture(url) {
  const reply = await fetch(url);
  return { reply, bytes: Buffer.from(await reply.arrayBuffer()) };
}

test("a project begins with the organisation's name and nothing else", async () => {
  const { test: client } = await world.organisation({ name: "Žalia Šaka" });
  assert.deepEqual(await project(client), { name: "Žalia Šaka", branding: {}, redirect_urls: [] });
});

test("a change is one for live and test, keeps what it does not name, and null takes away", async () => {
  const owner = await world.organisation({ name: "Acme" });
  const first = await change(owner.live, { name: " Acme Shop ", branding: { accent: "#0B5FFF", radius: 8 } });
  assert.equal(first.name, "Acme Shop");
  assert.deepEqual(first.branding, { accent: "#0b5fff", radius: 8 });
  assert.ok(first.updated_at);
  await change(owner.live, { redirect_urls: ["https://APP.shop-of-tests.com:443/back", "http://localhost:3000"] });
  const both = await project(owner.test);
  assert.deepEqual(both.redirect_urls, ["https://app.shop-of-tests.com/back", "http://localhost:3000/"]);
  assert.deepEqual(await project(owner.live), both);
  const some = await change(owner.live, { branding: { accent: null }, name: null });
  assert.deepEqual([some.name, some.branding, some.redirect_urls], ["Acme", { radius: 8 }, both.redirect_urls]);
  const none = await change(owner.live, { branding: null, redirect_urls: null });
  assert.deepEqual([none.branding, none.redirect_urls], [{}, []]);
  assert.deepEqual((await change(owner.live, {})).branding, {});
});

test("a test key reads the settings and changes none: live shows them to people", async () => {
  const owner = await world.organisation({ name: "Acme" });
  for (const body of [{}, { name: "Other" }, { redirect_urls: ["https://elsewhere-of-tests.com/"] }, { branding: { accent: "#ff0000" } }, { branding: { logo: uri(png()) } }]) {
    (await patch(owner.test, body)).refused(403, "forbidden", { says: /live key/ });
  }
  assert.deepEqual(await project(owner.test), { name: "Acme", branding: {}, redirect_urls: [] });
});

test("an address that cannot be read any more takes none of the others with it", async () => {
  const owner = await world.organisation();
  await change(owner.live, { redirect_urls: ["https://a.shop-of-tests.com/", "https://b.shop-of-tests.com/"] });
  await world.sql("UPDATE projects SET redirect_urls = ? WHERE organisation_id = ?", ['["https://a.shop-of-tests.com/","gopher://b",7]', owner.id]);
  assert.deepEqual((await project(owner.live)).redirect_urls, ["https://a.shop-of-tests.com/"]);
  assert.equal(world.logs().filter((line) => line.includes('"redirect_urls"') && line.includes(owner.id)).length, 2);
});

test("twenty changes of different settings at once are all kept", async () => {
  const { live } = await world.organisation();
  const wishes = [{ name: "At once" }, { branding: { accent: "#123456" } }, { branding: { radius: 3 } }, { redirect_urls: ["https://a.shop-of-tests.com/"] }];
  await Promise.all(Array.from({ length: 20 }, (_, n) => change(live, wishes[n % 4])));
  const { updated_at, ...now } = await project(live);
  assert.deepEqual(now, { name: "At once", branding: { accent: "#123456", radius: 3 }, redirect_urls: ["https://a.shop-of-tests.com/"] });
});

test("one tenant's settings are none of another's", async () => {
  const owner = await world.organisation({ name: "Owner" });
  const stranger = await world.organisation({ name: "Stranger" });
  await change(owner.live, { name: "Changed", branding: { accent: "#ff0000" } });
  assert.equal((await project(stranger.live)).name, "Stranger");
  await change(stranger.live, { branding: { accent: "#00ff00" } });
  assert.equal((await project(owner.test)).branding.accent, "#ff0000");
  for (const method of ["GET", "PATCH"]) (await world.anonymous.request(method, "project", method === "PATCH" ? { body: {} } : {})).refused(401, "unauthorized");
});

test("what is not a setting, or not one that can be, changes nothing", async () => {
  const { live: client } = await world.organisation({ name: "Acme" });
  const refusals = [
    [{ id: "x" }, "id"],
    [{ branding: { logo_url: "https://a.example/x.png" } }, "branding.logo_url"],
    [{ organisation_id: "x" }, "organisation_id"],
    [{ name: 7 }, "name"],
    [{ name: "" }, "name"],
    [{ name: "a\u202eb" }, "name"],
    [{ name: "x".repeat(101) }, "name"],
    [{ branding: [] }, "branding"],
    [{ branding: { accent: "red;background:url(//sink)" } }, "branding.accent"],
    [{ branding: { accent: "#fff}*{" } }, "branding.accent"],
    [{ branding: { accent: "</style><script>" } }, "branding.accent"],
    [{ branding: { radius: 25 } }, "branding.radius"],
    [{ branding: { radius: -1 } }, "branding.radius"],
    [{ redirect_urls: "https://a.example" }, "redirect_urls"],
    [{ redirect_urls: ["https://good.example", "javascript:alert(1)"] }, "redirect_urls[1]"],
    [{ redirect_urls: Array.from({ length: 21 }, (_, n) => `https://a.example/${n}`) }, "redirect_urls"],
  ];
  for (const [body, field] of refusals) (await patch(client, { ...body })).refused(400, "validation_error", { field });
  const urls = ["JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "\u0001javascript:alert(1)", "data:text/html,<script>", "//evil.example", "https:\\\\evil.example"];
  const more = ["https://a@evil.example", "http://evil.example", "https://a.example/#x", "https://a.example/?x", "https://a.example/../x", "https://a.example/%2e%2e/x", `${world.url.replace("http:", "https:")}/`];
  for (const url of [...urls, ...more]) {
    (await patch(client, { name: "Not this", redirect_urls: [url] })).refused(400, "validation_error", { field: "redirect_urls[0]" });
  }
  for (const raw of ["[]", "null", "{", "7", '{"name":"a","name":"b"}']) {
    (await client.request("PATCH", "project", { raw, headers: { "content-type": "application/json" } })).refused(400, "validation_error");
  }
  (await client.request("PATCH", "project", { raw: "{}", headers: { "content-type": "text/plain" } })).refused(415, "unsupported_media_type");
  for (const method of ["POST", "PUT", "DELETE"]) (await client.request(method, "project", { body: {} })).refused(405, "method_not_allowed");
  assert.deepEqual(await project(client), { name: "Acme", branding: {}, redirect_urls: [] });
});

test("a logo is shown to everybody, and never changes under its address", async () => {
  const owner = await world.organisation();
  const { branding } = await change(owner.live, { branding: { logo: uri(png()) } });
  assert.match(branding.logo_url, /\/verify\/logos\/[0-9a-f]{32}\.png$/);
  assert.ok(branding.logo_url.startsWith(world.url));
  const { reply, bytes } = await picture(branding.logo_url);
  assert.equal(reply.status, 200);
  assert.equal(reply.headers.get("content-type"), "image/png");
  assert.equal(reply.headers.get("x-content-type-options"), "nosniff");
  assert.equal(reply.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.match(reply.headers.get("content-security-policy"), /default-src 'none'/);
  assert.deepEqual(bytes.subarray(0, 8), SIGNATURE);

  const other = await change(owner.live, { branding: { logo: uri(png({ rgb: [255, 0, 0] })) } });
  assert.notEqual(other.branding.logo_url, branding.logo_url);
  assert.equal((await picture(branding.logo_url)).reply.status, 404, "what nobody uses any more is gone");
  // Two tenants with one picture do not take it from each other.
  const twin = await world.organisation();
  await change(twin.live, { branding: { logo: uri(png({ rgb: [255, 0, 0] })) } });
  await change(owner.live, { branding: { logo: null } });
  assert.equal((await project(owner.test)).branding.logo_url, undefined);
  assert.equal((await picture(other.branding.logo_url)).reply.status, 200);
  await change(twin.live, { branding: null });
  assert.equal((await picture(other.branding.logo_url)).reply.status, 404);
});

test("addresses of logos that are none lead nowhere", async () => {
  const names = ["x.png", `${random(16)}.png`, `${random(16)}.svg`, `${random(16)}`, "%00.png", "..%2f..%2fapi%2fv1%2fproject", `${"A".repeat(32)}.png`, "' OR 1=1--.png"];
  for (const name of names) assert.equal((await fetch(`${world.url}/verify/logos/${name}`)).status, 404, name);
});

test("of a picture nothing but its pixels is kept", async () => {
  const { live: client } = await world.organisation();
  const hidden = "Vilnius 54.6872 <script>alert(1)</script>";
  const more = ["tEXt", "eXIf", "iTXt", "iCCP"].map((kind) => chunk(kind, `Comment\0${hidden}`));
  const plain = png();
  const { branding } = await change(client, { branding: { logo: uri(png({ more })) } });
  const { bytes } = await picture(branding.logo_url);
  assert.ok(!bytes.includes("script") && !bytes.includes("54.68"));
  const same = await change(client, { branding: { logo: uri(plain) } });
  assert.equal(same.branding.logo_url, branding.logo_url, "the same pixels are the same picture");
  const data = bytes.indexOf("IDAT");
  const rows = inflateSync(bytes.subarray(data + 4, data + 4 + bytes.readUInt32BE(data - 4)));
  assert.deepEqual([...rows.subarray(0, 4)], [0, 11, 95, 255]);
});

test("a browser shows it as it is", async () => {
  const { live: client } = await world.organisation();
  const { branding } = await change(client, { branding: { logo: uri(png({ width: 33, height: 17 })) } });
  const browser = await startBrowser(world.url);
  try {
    await browser.visit({ viewport: DESKTOP, colorScheme: "light" }, async (page) => {
      await page.goto(branding.logo_url);
      const size = await page.evaluate(() => [document.images[0].naturalWidth, document.images[0].naturalHeight]);
      assert.deepEqual(size, [33, 17]);
    });
  } finally {
    await browser.stop();
  }
});

test("what is no picture, or too much of one, is refused and quickly", async () => {
  const { live: client } = await world.organisation();
  const svg = `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><image href="https://sink.example/"/></svg>`;
  const good = png();
  const bent = Buffer.from(good);
  bent[45] ^= 1;
  const logos = [
    uri(svg, "image/svg+xml"),
    uri(svg),
    uri("<html><script>alert(1)</script>", "text/html"),
    uri(good, "image/jpeg"),
    uri([0xff, 0xd8, 0xff, 0xe0]),
    "https://127.0.0.1/logo.png",
    "",
    `${uri(good)}\n`,
    uri(bent),
    uri(good.subarray(0, -1)),
    uri(png({ behind: Buffer.from("<html><script>alert(1)</script>") })),
    uri(png({ width: 513, height: 1 })),
    uri(png({ width: 65535, height: 65535, rows: Buffer.alloc(64) })),
    uri(png({ width: 512, height: 512, rows: Buffer.alloc(30_000_000) })),
    uri(png({ rows: Buffer.alloc(10) })),
    uri(Buffer.alloc(33_000)),
  ];
  const began = Date.now();
  for (const logo of logos) (await patch(client, { branding: { logo } })).refused(400, "validation_error", { field: "branding.logo" });
  assert.ok(Date.now() - began < 5_000, "no refusal takes long");
  (await patch(client, { branding: { logo: uri(Buffer.alloc(200_000)) } })).refused(413, "payload_too_large");
  assert.deepEqual((await project(client)).branding, {});
});

test("a page of another origin may ask which methods there are", async () => {
  const reply = await fetch(`${world.url}/api/v1/project`, { method: "OPTIONS", headers: { origin: "https://shop.example", "access-control-request-method": "PATCH" } });
  assert.equal(reply.status, 204);
  assert.match(reply.headers.get("access-control-allow-methods"), /\bPATCH\b/);
});
