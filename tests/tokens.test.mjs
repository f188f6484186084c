// Forged tokens: other algorithms, smuggled keys, other encodings, odd claims. None is valid, all of
// one kind are told the same, and nothing outside is ever asked because a token says so.
import assert from "node:assert/strict";
import { constants, createPublicKey } from "node:crypto";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { proven } from "./harness/steps.mjs";
import {
  assemble,
  ecdsa,
  hmac,
  rsa,
  sameSignature,
  strangersCurveKey,
  strangersKey,
  systemSigner,
  takeApart,
  unsigned,
} from "./harness/tokens.mjs";

const SINK = "https://sink-of-tests.com/jwks";
let world;
let client;
let genuine;
let parts;
let key;
let sign;
const stranger = strangersKey();

before(async () => {
  world = await startWorld({ dns: true });
  client = (await world.organisation()).test;
  genuine = await proven(client);
  parts = takeApart(genuine.token);
  ({ sign } = systemSigner(world.secrets));
  [key] = (await world.anonymous.get("/.well-known/jwks.json")).body.keys;
  await world.dns.publish({
    name: "sink-of-tests.com",
    type: "A",
    data: world.internet.host((request, response) =>
      response.end(JSON.stringify({ keys: [stranger.publicKey.export({ format: "jwk" })] })),
    ),
  });
});
after(() => world?.stop());

const verdict = async (proof_token) => (await client.post("proofs/validate", { proof_token })).expect(200).body;

async function refused(tokens, reasons = ["invalid_signature"]) {
  for (const [name, token] of Object.entries(tokens)) {
    const answer = await verdict(token);
    assert.equal(answer.valid, false, `${name} was accepted`);
    assert.ok(reasons.includes(answer.reason), `${name}: ${JSON.stringify(answer)}`);
    // The same text as a key opens nothing either.
    const asKey = await world.anonymous.get("verifications", {
      headers: { authorization: `Bearer ${token.slice(0, 6_000).replace(/[^\x21-\x7e]/g, "")}` },
    });
    asKey.refused(401, "unauthorized");
  }
}

test("the genuine token is valid", async () => {
  assert.equal((await verdict(genuine.token)).valid, true);
  const resigned = assemble(parts.header, parts.claims, sign);
  assert.equal((await verdict(resigned)).valid, true, "the tests' own signer signs as the system does");
});

test("no algorithm but RS256, whatever the header says", async () => {
  const { header, claims, signature } = parts;
  const pem = createPublicKey({ key, format: "jwk" }).export({ type: "spki", format: "pem" });
  const der = createPublicKey({ key, format: "jwk" }).export({ type: "spki", format: "der" });
  const tokens = {};
  for (const alg of ["none", "None", "nOnE", "NONE", ""]) {
    tokens[`${alg} unsigned`] = assemble({ ...header, alg }, claims, unsigned);
    tokens[`${alg} with the signature`] = assemble({ ...header, alg }, claims, sameSignature(signature));
  }
  for (const [name, secret] of Object.entries({
    pem,
    "pem without its last newline": pem.trimEnd(),
    der,
    n: key.n,
    "n decoded": Buffer.from(key.n, "base64url"),
    kid: key.kid,
    empty: "",
  })) {
    for (const [alg, hash] of [
      ["HS256", "sha256"],
      ["HS512", "sha512"],
      ["RS256", "sha256"],
    ])
      tokens[`${alg} by ${name}`] = assemble({ ...header, alg }, claims, hmac(secret, hash));
  }
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  const own = systemSigner(world.secrets);
  assert.equal(own.kid, header.kid);
  for (const [alg, signer] of Object.entries({
    RS384: rsa(stranger.privateKey, "sha384"),
    PS256: rsa(stranger.privateKey, "sha256", pss),
    ES256: ecdsa(strangersCurveKey().privateKey),
    RS256: rsa(stranger.privateKey),
    rs256: sign,
    "RS256 ": sign,
    EdDSA: sameSignature(signature),
  })) {
    tokens[alg] = assemble({ ...header, alg }, claims, signer);
  }
  tokens["alg as a list"] = assemble({ ...header, alg: ["RS256"] }, claims, sign);
  tokens["alg as a number"] = assemble({ ...header, alg: 256 }, claims, sign);
  tokens["no alg"] = assemble({ typ: header.typ, kid: header.kid }, claims, sign);
  tokens["alg twice"] = assemble(`{"alg":"none","alg":"RS256","typ":"proof+jwt","kid":"${header.kid}"}`, claims, sign);
  tokens["alg twice, the other way"] = assemble(`{"alg":"RS256","alg":"none","typ":"proof+jwt","kid":"${header.kid}"}`, claims, sign);
  await refused(tokens);
});

test("no key comes from the token", async () => {
  const { header, claims } = parts;
  const jwk = stranger.publicKey.export({ format: "jwk" });
  const signer = rsa(stranger.privateKey);
  const tokens = {};
  for (const [name, more] of Object.entries({
    jwk: { jwk },
    jku: { jku: SINK },
    x5u: { x5u: SINK },
    x5c: { x5c: ["MIIB"] },
    x5t: { x5t: "AAAA" },
    crit: { crit: ["exp"] },
    b64: { b64: false, crit: ["b64"] },
    "b64 alone": { b64: true },
    cty: { cty: "JWT" },
    zip: { zip: "DEF" },
    url: { url: SINK },
  })) {
    tokens[`${name} signed by a stranger`] = assemble({ ...header, ...more }, claims, signer);
    tokens[`${name} signed by us`] = assemble({ ...header, ...more }, claims, sign);
  }
  tokens["jwk and its own kid"] = assemble({ ...header, kid: "mine", jwk: { ...jwk, kid: "mine" } }, claims, signer);
  const kids = [
    "../../dev/null",
    "/dev/null",
    "k' UNION SELECT 'x'--",
    "",
    " ",
    `${key.kid} `,
    key.kid.toUpperCase(),
    `${key.kid}\u0000`,
    "x".repeat(900),
    "__proto__",
    "constructor",
    "0",
    "proof-holdings-2099-01",
  ];
  for (const kid of kids) tokens[`kid ${kid.slice(0, 30)}`] = assemble({ ...header, kid }, claims, signer);
  tokens["no kid"] = assemble({ alg: header.alg, typ: header.typ }, claims, sign);
  for (const kid of [null, 1, [key.kid], { kid: key.kid }])
    tokens[`kid ${JSON.stringify(kid)}`] = assemble({ ...header, kid }, claims, sign);
  tokens["kid twice"] = assemble(`{"alg":"RS256","typ":"proof+jwt","kid":"mine","kid":"${key.kid}"}`, claims, sign);
  await refused(tokens, ["invalid_signature", "unknown_key"]);
  const big = assemble({ ...header, kid: "x".repeat(100_000) }, claims, signer);
  const reply = await client.post("proofs/validate", { proof_token: big });
  assert.ok(reply.status === 413 || reply.body.valid === false, reply.text);
});

test("no other type of token stands in for a proof", async () => {
  const { header, claims } = parts;
  const tokens = {};
  for (const typ of [
    "JWT",
    "jwt",
    "at+jwt",
    "PROOF+JWT",
    "application/proof+jwt",
    "presence+jwt",
    "statuslist+jwt",
    "session",
    "",
    null,
    ["proof+jwt"],
  ])
    tokens[`typ ${typ}`] = assemble({ ...header, typ }, claims, sign);
  tokens["no typ"] = assemble({ alg: header.alg, kid: header.kid }, claims, sign);
  await refused(tokens);
});

test("there is one spelling of a token", async () => {
  const { token } = genuine;
  const [header, claims, signature] = parts.parts;
  const lastBit = (part) => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return part.slice(0, -1) + alphabet[alphabet.indexOf(part.at(-1)) ^ 1];
  };
  const json = { payload: claims, protected: header, signature };
  const tokens = {
    "unused bits of the signature": `${header}.${claims}.${lastBit(signature)}`,
    padding: `${token}=`,
    "double padding": `${token}==`,
    "padded parts": `${header}=.${claims}=.${signature}==`,
    "+ and /": `${header}.${claims}.${signature.replaceAll("-", "+").replaceAll("_", "/")}${/[-_]/.test(signature) ? "" : "+"}`,
    "a newline at the end": `${token}\n`,
    "a newline inside": `${token.slice(0, 40)}\n${token.slice(40)}`,
    "a space before": ` ${token}`,
    "a space behind": `${token} `,
    "a tab": `${header}.\t${claims}.${signature}`,
    "a zero byte": `${token}\u0000`,
    "a byte order mark": `\ufeff${token}`,
    "a fourth part": `${token}.`,
    "a full fourth part": `${token}.${signature}`,
    "two parts": `${header}.${claims}`,
    "an empty signature": `${header}.${claims}.`,
    "an empty header": `.${claims}.${signature}`,
    nothing: "",
    dots: "..",
    "JSON serialisation": JSON.stringify(json),
    "general JSON serialisation": JSON.stringify({ payload: claims, signatures: [{ protected: header, signature }] }),
    "a scheme": `Bearer ${token}`,
    "full-width dots": token.replaceAll(".", "．"),
    "upper case": token.toUpperCase(),
    "a longer signature": `${header}.${claims}.${signature}AAAA`,
    "a shorter signature": `${header}.${claims}.${signature.slice(0, -4)}`,
    "swapped parts": `${claims}.${header}.${signature}`,
    emoji: "💥",
  };
  await refused(tokens);
});

test("claims are read once, in their exact types", async () => {
  const { header, claims } = parts;
  const text = JSON.stringify(claims);
  const now = Math.floor(Date.now() / 1000);
  const put = (changes) => assemble(header, { ...claims, ...changes }, sign);
  const without = (name) => assemble(header, Object.fromEntries(Object.entries(claims).filter(([one]) => one !== name)), sign);
  const tokens = {
    "sub twice": assemble(header, text.replace(/}$/, `,"sub":"507f1f77bcf86cd799439011"}`), sign),
    "sub twice, the other first": assemble(header, text.replace(/^{/, '{"sub":"507f1f77bcf86cd799439011",'), sign),
    "aud as a list": put({ aud: [claims.aud] }),
    "aud empty": put({ aud: "" }),
    "another issuer": put({ iss: "https://evil-of-tests.com" }),
    "issuer with a slash": put({ iss: `${claims.iss}/` }),
    "exp as text": put({ exp: "9999999999" }),
    "exp 1e400": assemble(header, text.replace(`"exp":${claims.exp}`, '"exp":1e400'), sign),
    "exp with a fraction": assemble(header, text.replace(`"exp":${claims.exp}`, `"exp":${claims.exp}.5`), sign),
    "exp negative": put({ exp: -1 }),
    "exp far away": put({ exp: claims.iat + 2_592_001 }),
    "exp in milliseconds": put({ exp: claims.exp * 1000 }),
    "exp null": put({ exp: null }),
    "nbf ahead": put({ nbf: now + 3_600 }),
    "iat an hour ahead": put({ iat: now + 3_600, exp: now + 7_200 }),
    "iat as text": put({ iat: String(claims.iat) }),
    "sub no id": put({ sub: "../../x" }),
    "sub in upper case": put({
      sub: claims.sub.toUpperCase().replace(/^\d+$/, "ABCDEF0123456789ABCDEF01") === claims.sub ? "A".repeat(24) : claims.sub.toUpperCase(),
    }),
    "type unknown": put({ type: "house" }),
    "env unknown": put({ env: "prod" }),
    "env as an object": put({ env: { test: null } }),
    "salt too short": put({ identifier_salt: "AAAA" }),
    "hash too short": put({ identifier_hash: "AAAA" }),
    "verified_at as a date": put({ verified_at: "2026-01-01T00:00:00Z" }),
    "claims as a list": assemble(header, [claims], sign),
    "claims as text": assemble(header, '"x"', sign),
    "claims null": assemble(header, "null", sign),
    "claims broken": assemble(header, text.slice(0, -1), sign),
    "claims with more behind": assemble(header, `${text}{}`, sign),
    "claims nested": assemble(header, `${"[".repeat(2_000)}`, sign),
  };
  for (const name of [
    "iss",
    "aud",
    "sub",
    "jti",
    "iat",
    "exp",
    "env",
    "type",
    "channel",
    "verified_at",
    "identifier_salt",
    "identifier_hash",
  ])
    tokens[`without ${name}`] = without(name);
  for (const [name, token] of Object.entries(tokens)) {
    const answer = await verdict(token);
    assert.equal(answer.valid, false, `${name} was accepted`);
    assert.equal(answer.reason, "invalid_signature", `${name}: ${JSON.stringify(answer)}`);
  }
});

test("no re-encoding of a revoked proof escapes its revocation", async () => {
  const { id, token } = await proven(client);
  (await client.post(`proofs/${id}/revoke`, { reason: "fraud" })).expect(200);
  assert.equal((await verdict(token)).reason, "revoked");
  const { header, claims } = takeApart(token);
  const others = [
    `${token}=`,
    `${token}\n`,
    assemble({ kid: header.kid, typ: header.typ, alg: header.alg }, claims, sign),
    assemble(header, { ...claims, jti: "507f1f77bcf86cd799439011" }, sign),
    assemble(header, JSON.stringify(claims, null, 2), sign),
    assemble(header, JSON.stringify(claims).replace('"sub"', '"s\\u0075b"'), sign),
    assemble(header, JSON.stringify(claims).replace(`"${id}"`, `"\\u00${id.charCodeAt(0).toString(16)}${id.slice(1)}"`), sign),
  ];
  for (const other of others) assert.equal((await verdict(other)).valid, false, other.slice(0, 60));
});

test("what is no proof of this system is told in few words", async () => {
  const messages = new Set();
  for (const token of ["", "x", "a.b.c", `${genuine.token}=`, assemble({ ...parts.header, alg: "none" }, parts.claims, unsigned)])
    messages.add((await verdict(token)).message);
  assert.ok(messages.size <= 2, [...messages].join("; "));
});

test("a token too long to be one is refused quickly", async () => {
  const started = Date.now();
  const reply = await client.post("proofs/validate", { proof_token: "a".repeat(60_000) });
  assert.ok((reply.status === 200 && reply.body.valid === false) || reply.status === 400, reply.text);
  assert.ok(Date.now() - started < 1_000);
});

test("nothing outside was ever asked", () => {
  assert.deepEqual(world.internet.requests, []);
});
