// Wallets that are keys. Every signature is made by a published library, none of it ours; what is not
// quite a signature is refused in exactly one way and changes nothing that it should not.
import assert from "node:assert/strict";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { base58 } from "@scure/base";
import { Signature } from "ethers";
import { parseSiweMessage, validateSiweMessage } from "viem/siwe";
import {
  BITCOIN_KINDS,
  bitcoin,
  bitcoinOfBip137,
  bitcoinOfFullBip322,
  ethereum,
  ethereumByEthers,
  solana,
  solanaByOpenssl,
} from "../xtask/runner/peers/wallets.mjs";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { create, createEmail, read, submit } from "./harness/steps.mjs";
import { eventually } from "./harness/poll.mjs";

let world;
before(async () => {
  world = await startWorld({ vars: { EMAIL_PROVIDER: "", DOH_URL: "" } });
});
after(() => world?.stop());

const createWallet = (client, { channel, address }, overrides = {}) =>
  create(client, { type: "wallet", channel, identifier: address, ...overrides });
const sign = (client, id, signature, more = {}) => client.post(`verifications/${id}/submit`, { signature, ...more });
const pending = async (client, id, remaining) => {
  const now = await read(client, id);
  assert.equal(now.status, "pending");
  assert.equal(now.challenge.attempts_remaining, remaining);
};

const WALLETS = {
  "ethereum, viem": ethereum,
  "ethereum, ethers": ethereumByEthers,
  "solana, tweetnacl": solana,
  "solana, OpenSSL": solanaByOpenssl,
  ...Object.fromEntries(BITCOIN_KINDS.map((kind) => [`bitcoin ${kind}, bip322-js`, () => bitcoin(kind)])),
  ...Object.fromEntries(["p2pkh", "p2sh-p2wpkh", "p2wpkh"].map((kind) => [`bitcoin ${kind}, BIP-137`, () => bitcoinOfBip137(kind)])),
  "bitcoin p2wpkh, BIP-137 with the older header": () => bitcoinOfBip137("p2wpkh", { header: "p2pkh" }),
  ...Object.fromEntries(["p2pkh", "p2wpkh"].map((kind) => [`bitcoin ${kind}, BIP-322 full`, () => bitcoinOfFullBip322(kind)])),
};

for (const [name, make] of Object.entries(WALLETS)) {
  test(`${name}: a signature proves, once, and only there`, async () => {
    const [one, two] = [await world.organisation(), await world.organisation()];
    const wallet = make();
    const made = await createWallet(one.live, wallet);
    assert.equal(made.identifier, wallet.address);
    assert.equal(made.challenge.code, undefined, "no code in live use");
    const signature = await wallet.sign(made.challenge.message);

    // Another verification of the same wallet, the same wallet for somebody else, another wallet.
    for (const [client, owner] of [
      [one.live, wallet],
      [two.live, wallet],
      [one.test, wallet],
      [one.live, make()],
    ]) {
      const other = await createWallet(client, owner);
      (await sign(client, other.id, signature)).refused(400, "invalid_signature", { remaining: 4 });
      await pending(client, other.id, 4);
    }
    (await sign(two.live, made.id, signature)).refused(404, "not_found");

    const done = (await sign(one.live, made.id, signature)).expect(200).body;
    assert.equal(done.status, "verified");
    const { proof } = await read(one.live, made.id);
    assert.equal(proof.token, done.proof.token);
    const valid = (await one.live.post("proofs/validate", { proof_token: proof.token, identifier: wallet.address })).expect(200).body;
    assert.equal(valid.valid, true, JSON.stringify(valid));
    assert.equal(valid.verification.channel, wallet.channel);
    (await sign(one.live, made.id, signature)).refused(400, "already_verified");
  });
}

test("the message names who asks, what for, until when, and can be read by others", async () => {
  const org = await world.organisation({ name: "Acme\nNonce: forged\u202e" });
  const wallet = ethereum();
  const made = await createWallet(org.live, wallet);
  const { message, nonce, expires_at } = made.challenge;
  const read = parseSiweMessage(message);
  const { host } = new URL(read.uri);
  assert.equal(validateSiweMessage({ message: read, address: wallet.address, nonce, domain: host.split(":")[0] }), true);
  assert.equal(read.nonce, nonce);
  assert.equal(read.chainId, 1);
  assert.equal(read.requestId, made.id);
  assert.equal(read.expirationTime.getTime(), Date.parse(expires_at));
  assert.equal(read.issuedAt.getTime(), Date.parse(made.created_at));
  assert.equal(message.match(/^Nonce: /gm).length, 1, message);
  assert.ok(!message.includes("\u202e"));
  const again = await createWallet(org.live, wallet);
  assert.notEqual(again.challenge.nonce, nonce);
  for (const [make, line] of [
    [solana, "wants you to sign in with your Solana account:"],
    [bitcoin, "wants you to sign in with your Bitcoin account:"],
  ]) {
    const other = make();
    const { challenge } = await createWallet(org.live, other);
    const lines = challenge.message.split("\n");
    assert.ok(lines[0].endsWith(line), lines[0]);
    assert.equal(lines[1], other.address);
    assert.ok(lines.includes(`Nonce: ${challenge.nonce}`) && lines.includes(`Expiration Time: ${challenge.expires_at}`));
  }
});

test("ethereum: what is taken of v, and the short form", async () => {
  const { live } = await world.organisation();
  const wallet = ethereum();
  const forms = {
    "27 or 28": (one) => one.serialized,
    "0 or 1": (one) => `${one.r}${one.s.slice(2)}0${one.yParity}`,
    "EIP-2098": (one) => one.compactSerialized,
    "upper case": (one) => `0x${one.serialized.slice(2).toUpperCase()}`,
  };
  for (const [name, form] of Object.entries(forms)) {
    const { id, challenge } = await createWallet(live, { ...wallet, address: wallet.address.toLowerCase() });
    const signature = form(Signature.from(await wallet.sign(challenge.message)));
    const reply = await sign(live, id, signature);
    assert.equal(reply.status, 200, `${name}: ${reply.text}`);
    assert.equal(reply.body.identifier, wallet.address, "in the form with the checksum");
  }
  const { id, challenge } = await createWallet(live, wallet);
  const good = Signature.from(await wallet.sign(challenge.message));
  const body = good.serialized.slice(0, -2);
  for (const v of [2, 26, 29, 30, 31, 32, 37, 38, 255]) {
    const reply = await sign(live, id, body + v.toString(16).padStart(2, "0"));
    reply.refused(400, "validation_error", { field: "signature", says: /0, 1, 27 and 28/ });
  }
  const s = (secp256k1.Point.Fn.ORDER - BigInt(good.s)).toString(16).padStart(64, "0");
  const twin = `${good.r}${s}${good.yParity ? "1b" : "1c"}`;
  (await sign(live, id, twin)).refused(400, "validation_error", { field: "signature", says: /higher of two/ });
  await pending(live, id, 5);
  const otherParity = body + (good.yParity ? "1b" : "1c");
  (await sign(live, id, otherParity)).refused(400, "invalid_signature", { remaining: 4 });
  (await sign(live, id, good.serialized)).expect(200);
});

test("ethereum: what only a contract could sign says which setting is missing", async () => {
  const { live } = await world.organisation();
  const { id } = await createWallet(live, ethereum());
  for (const signature of ["0x", "0xc0ffee", `0x${"ab".repeat(96)}`]) {
    const reply = await sign(live, id, signature);
    reply.refused(400, "channel_not_configured", { field: "signature", says: /ETHEREUM_RPC_URL/ });
  }
  await pending(live, id, 5);
  assert.deepEqual(world.internet.requests, [], "nobody was asked");
});

test("an address in a wrong case or of a test network is no identifier", async () => {
  const { live } = await world.organisation();
  const { address } = ethereum();
  const flipped = address.replace(/[a-fA-F](?=[^a-fA-F]*$)/, (letter) => (letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase()));
  for (const [channel, identifier] of [
    ["ethereum", flipped],
    ["bitcoin", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"],
    ["bitcoin", "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn"],
  ]) {
    const reply = await live.post("verifications", { type: "wallet", channel, identifier });
    reply.refused(400, "invalid_identifier", { field: "identifier" });
  }
});

test("solana: a signed transaction that carries the message proves nothing", async () => {
  const { live } = await world.organisation();
  const wallet = solana();
  const { id, challenge } = await createWallet(live, wallet);
  const memo = Buffer.from(challenge.message);
  const transaction = Buffer.concat([
    Buffer.from([1, 0, 1, 2]),
    wallet.publicKey,
    base58.decode("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr"),
    Buffer.alloc(32, 7),
    Buffer.from([1, 1, 0, (memo.length & 127) | 128, memo.length >> 7]),
    memo,
  ]);
  (await sign(live, id, wallet.signBytes(transaction))).refused(400, "invalid_signature", { remaining: 4 });
  (await sign(live, id, wallet.signBytes(memo))).expect(200);
});

test("solana: base58, base64 and hexadecimal digits say the same", async () => {
  const { live } = await world.organisation();
  for (const form of [(bytes) => base58.encode(bytes), (bytes) => bytes.toString("base64"), (bytes) => bytes.toString("hex"), (bytes) => `0x${bytes.toString("hex")}`]) {
    const wallet = solana();
    const { id, challenge } = await createWallet(live, wallet);
    const bytes = Buffer.from(base58.decode(await wallet.sign(challenge.message)));
    (await sign(live, id, form(bytes))).expect(200);
  }
});

test("bitcoin: a header of another kind of address proves nothing", async () => {
  const { live } = await world.organisation();
  for (const [kind, header] of [
    ["p2pkh", "p2wpkh"],
    ["p2pkh", "p2sh-p2wpkh"],
    ["p2pkh", "uncompressed"],
    ["p2wpkh", "p2sh-p2wpkh"],
    ["p2sh-p2wpkh", "p2wpkh"],
    ["p2tr", "p2wpkh"],
    ["p2tr", "p2pkh"],
  ]) {
    const wallet = bitcoinOfBip137(kind, { header });
    const { id, challenge } = await createWallet(live, wallet);
    const reply = await sign(live, id, await wallet.sign(challenge.message));
    assert.equal(reply.status, 400, `${kind} with ${header}: ${reply.text}`);
    reply.refused(400, "invalid_signature", { remaining: 4 });
  }
});

test("bitcoin: scripts and proofs of funds are inconclusive, and say so", async () => {
  const { live } = await world.organisation();
  const script = { channel: "bitcoin", address: "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3" };
  const key = bitcoin();
  const ofScript = await createWallet(live, script);
  const signature = await key.sign(ofScript.challenge.message);
  (await sign(live, ofScript.id, signature)).refused(400, "validation_error", { field: "signature", says: /inconclusive.*P2WSH/ });
  await pending(live, ofScript.id, 5);
  const { id } = await createWallet(live, key);
  for (const funds of ["pofcHNidP8BAA==", "cHNidP8BAA=="]) {
    (await sign(live, id, funds)).refused(400, "validation_error", { field: "signature", says: /proofs of funds/ });
  }
  await pending(live, id, 5);
});

test("bitcoin: the prefix of the newer BIP-322", async () => {
  const { live } = await world.organisation();
  const wallet = bitcoin("p2tr");
  const { id, challenge } = await createWallet(live, wallet);
  const signature = await wallet.sign(challenge.message);
  (await sign(live, id, `ful${signature}`)).refused(400, "validation_error", { field: "signature" });
  (await sign(live, id, `foo${signature}`)).refused(400, "validation_error", { field: "signature" });
  (await sign(live, id, `smp${signature}`)).expect(200);
});

test("what has not the form of a signature is refused and uses no try", async () => {
  const { live } = await world.organisation();
  for (const make of [ethereum, solana, bitcoin]) {
    const wallet = make();
    const { id, challenge } = await createWallet(live, wallet);
    const good = await wallet.sign(challenge.message);
    const odd = [
      "",
      " ",
      "0xzz",
      "0x0",
      ` ${good}`,
      `${good}\n`,
      `${good}\u200b`,
      good.slice(0, -3),
      "!".repeat(88),
      "💥",
      "A".repeat(16_385),
      "0".repeat(20_000),
      [good],
      { $ne: null },
      7,
      true,
    ];
    for (const value of odd) {
      const reply = await sign(live, id, value);
      assert.equal(reply.status, 400, `${wallet.channel} ${JSON.stringify(value).slice(0, 40)}: ${reply.text}`);
      reply.refused(400, "validation_error", { field: "signature" });
    }
    await pending(live, id, 5);
    (await sign(live, id, good)).expect(200);
  }
});

test("exactly one of code and signature, and each where it belongs", async () => {
  const org = await world.organisation();
  const wallet = ethereum();
  const made = await createWallet(org.live, wallet);
  const signature = await wallet.sign(made.challenge.message);
  const post = (client, id, body) => client.post(`verifications/${id}/submit`, body);
  (await post(org.live, made.id, { signature, challenge_code: "ABC234" })).refused(400, "validation_error", { field: "signature" });
  for (const neither of [{}, { signature: null }, { source_identifier: wallet.address }]) {
    (await post(org.live, made.id, neither)).refused(400, "validation_error", { field: "challenge_code" });
  }
  (await submit(org.live, made.id, "ABC234")).refused(400, "validation_error", { field: "signature" });
  (await sign(org.live, made.id, signature, { source_identifier: ethereum().address })).refused(400, "validation_error", { field: "source_identifier" });
  await pending(org.live, made.id, 5);
  (await sign(org.live, made.id, signature, { source_identifier: wallet.address.toLowerCase() })).expect(200);

  const email = await createEmail(org.test);
  (await sign(org.test, email.id, signature)).refused(400, "validation_error", { field: "signature" });
  const phone = await create(org.test);
  (await sign(org.test, phone.id, signature)).refused(400, "validation_error", { field: "signature" });

  // Test mode: the signature, or the code that is shown.
  const signed = await createWallet(org.test, wallet);
  (await sign(org.test, signed.id, await wallet.sign(signed.challenge.message))).expect(200);
  const coded = await createWallet(org.test, wallet);
  (await submit(org.test, coded.id, coded.challenge.code)).expect(200);
});

test("the fifth wrong signature ends it, and the right one comes too late", async () => {
  const { live } = await world.organisation();
  const [wallet, other] = [ethereum(), ethereum()];
  const { id, challenge } = await createWallet(live, wallet);
  const wrong = await other.sign(challenge.message);
  for (const remaining of [4, 3, 2, 1, 0]) {
    (await sign(live, id, wrong)).refused(400, "invalid_signature", { remaining });
  }
  assert.equal((await read(live, id)).status, "failed");
  (await sign(live, id, await wallet.sign(challenge.message))).refused(400, "too_many_attempts", { remaining: 0 });
});

test("many at once: five wrong ones count, one right one wins", async () => {
  const { live } = await world.organisation();
  const [wallet, other] = [solana(), solana()];
  const failing = await createWallet(live, wallet);
  const wrong = await other.sign(failing.challenge.message);
  const replies = await Promise.all(Array.from({ length: 60 }, () => sign(live, failing.id, wrong)));
  const counted = replies.filter((reply) => reply.body.error.code === "invalid_signature");
  assert.deepEqual(counted.map((reply) => reply.body.error.attempts_remaining).sort(), [0, 1, 2, 3, 4]);
  for (const reply of replies.filter((one) => !counted.includes(one))) reply.refused(400, "too_many_attempts");

  const { id, challenge } = await createWallet(live, wallet);
  const right = await wallet.sign(challenge.message);
  const answers = await Promise.all(Array.from({ length: 20 }, () => sign(live, id, right)));
  const won = answers.filter((reply) => reply.status === 200);
  assert.equal(won.length, 1, "one transition");
  for (const reply of answers.filter((one) => one !== won[0])) reply.refused(400, "already_verified");
  const rows = await eventually("the ledger", async () => {
    const all = await world.sql("SELECT jti FROM proofs WHERE id = ?", [id]);
    return all.length > 0 && all;
  });
  assert.equal(rows.length, 1);
});

test("a channel without settings cannot be made an organisation's own", async () => {
  const { live } = await world.organisation();
  for (const channel of ["ethereum", "solana", "bitcoin"]) {
    (await live.request("PUT", `channels/${channel}`, { body: { settings: {} } })).refused(400, "validation_error", { field: "settings" });
    const listed = (await live.get("channels")).expect(200).body.data.find((one) => one.channel === channel);
    assert.equal(listed.live, true);
    assert.deepEqual(listed.settings, []);
  }
});
