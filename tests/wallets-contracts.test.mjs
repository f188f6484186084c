// Wallets that are contracts, on a real chain behind a real node: made already (ERC-1271) or not yet
// (ERC-6492), honest and hostile. A contract's "no" counts as a wrong answer; a node that does not do
// its work counts for nothing at all.
import assert from "node:assert/strict";
import { createPublicClient, encodeAbiParameters, getContractAddress, http } from "viem";
import { mainnet } from "viem/chains";
import { serializeErc6492Signature } from "viem/utils";
import { HOSTILE, YES, creating, owned } from "../xtask/runner/peers/contract-wallets.mjs";
import { FACTORY, settings, startEthereumNode } from "../xtask/runner/peers/ethereum-node.mjs";
import { ethereum } from "../xtask/runner/peers/wallets.mjs";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { create, random, read } from "./harness/steps.mjs";

const NODE = "ethereum-node-of-tests.com";
const SECRET = random();

let world;
let node;
let reader;
before(async () => {
  [node, world] = await Promise.all([startEthereumNode(), startWorld({ vars: settings(`https://${NODE}/v1/${SECRET}`) })]);
  world.internet.provider(NODE, node.handler);
  reader = createPublicClient({ chain: mainnet, transport: http(node.url) });
});
after(() => Promise.all([world?.stop(), node?.stop()]));

const createWallet = (client, identifier) => create(client, { type: "wallet", channel: "ethereum", identifier });
const sign = (client, id, signature) => client.post(`verifications/${id}/submit`, { signature });
const pending = async (client, id, remaining) => {
  const now = await read(client, id);
  assert.equal(now.status, "pending");
  assert.equal(now.challenge.attempts_remaining, remaining);
};
const asked = () => world.internet.requestsTo(NODE).length;

/** What viem says of the same signature, asking the same node. */
const othersSay = (address, message, signature) => reader.verifyMessage({ address, message, signature });

/** A wallet that its factory has not made yet. */
function future(initCode) {
  const salt = `0x${random(32)}`;
  const address = getContractAddress({ opcode: "CREATE2", from: FACTORY, salt, bytecode: initCode });
  const data = `${salt}${initCode.slice(2)}`;
  return { address, data, wrap: (signature) => serializeErc6492Signature({ address: FACTORY, data, signature }) };
}

test("a key needs no node", async () => {
  const { live } = await world.organisation();
  const wallet = ethereum();
  const { id, challenge } = await createWallet(live, wallet.address);
  const before = asked();
  (await sign(live, id, await wallet.sign(challenge.message))).expect(200);
  assert.equal(asked(), before);
});

test("a wallet that exists answers for its owner", async () => {
  const { live } = await world.organisation();
  const [owner, stranger] = [ethereum(), ethereum()];
  const address = await node.deploy(owned(owner.address));
  const { id, challenge } = await createWallet(live, address);
  const { message } = challenge;
  const wrong = await stranger.sign(message);
  assert.equal(await othersSay(address, message, wrong), false);
  (await sign(live, id, wrong)).refused(400, "invalid_signature", { remaining: 4 });
  const elsewhere = await createWallet(live, address);
  const right = await owner.sign(message);
  assert.equal(await othersSay(address, message, right), true);
  (await sign(live, elsewhere.id, right)).refused(400, "invalid_signature", { remaining: 4 });
  const before = asked();
  const done = (await sign(live, id, right)).expect(200).body;
  assert.equal(asked(), before + 1, "one question");
  assert.equal(done.status, "verified");
  // The owner's own address is another asset.
  const own = await createWallet(live, owner.address);
  (await sign(live, own.id, right)).refused(400, "invalid_signature", { remaining: 4 });
});

test("a wallet that does not exist yet answers after its factory has made it, for the question only", async () => {
  const { live } = await world.organisation();
  const [owner, stranger] = [ethereum(), ethereum()];
  const wallet = future(owned(owner.address));
  const { id, challenge } = await createWallet(live, wallet.address);
  const { message } = challenge;
  const right = await owner.sign(message);
  for (const [name, signature] of [
    ["a stranger's signature", wallet.wrap(await stranger.sign(message))],
    ["without the factory", right],
    ["the factory's call for another wallet", future(owned(owner.address)).wrap(right)],
    ["a factory that fails", serializeErc6492Signature({ address: FACTORY, data: "0x00", signature: right })],
    ["a factory that is none", serializeErc6492Signature({ address: stranger.address, data: wallet.data, signature: right })],
  ]) {
    const other = await createWallet(live, wallet.address);
    const reply = await sign(live, other.id, name === "without the factory" ? await owner.sign(other.challenge.message) : signature);
    assert.equal(reply.status, 400, `${name}: ${reply.text}`);
    reply.refused(400, "invalid_signature", { remaining: 4 });
  }
  (await sign(live, id, wallet.wrap(await stranger.sign(message)))).refused(400, "invalid_signature", { remaining: 4 });
  assert.equal(await othersSay(wallet.address, message, wallet.wrap(right)), true);
  (await sign(live, id, wallet.wrap(right))).expect(200);
  assert.equal(await node.codeAt(wallet.address), "0x", "nothing was really made");

  await node.send(FACTORY, wallet.data);
  assert.notEqual(await node.codeAt(wallet.address), "0x");
  const later = await createWallet(live, wallet.address);
  (await sign(live, later.id, wallet.wrap(await owner.sign(later.challenge.message)))).expect(200);
});

test("a wrapper makes nobody the owner of a key's address", async () => {
  const { live } = await world.organisation();
  const [victim, attacker] = [ethereum(), ethereum()];
  const yes = await node.deploy(YES);
  const { id, challenge } = await createWallet(live, victim.address);
  const signature = await attacker.sign(challenge.message);
  for (const wrapped of [
    serializeErc6492Signature({ address: FACTORY, data: future(YES).data, signature }),
    serializeErc6492Signature({ address: yes, data: "0x", signature }),
  ]) {
    (await sign(live, id, wrapped)).refused(400, "invalid_signature");
  }
  await pending(live, id, 3);
  // A wrapper around nothing, or that claims more than it holds.
  const suffix = "6492".repeat(16);
  const cut = encodeAbiParameters([{ type: "address" }, { type: "bytes" }, { type: "bytes" }], [FACTORY, "0x", "0x"]).slice(0, -64);
  for (const odd of [`0x${suffix}`, `${cut}${suffix}`, `0x${"ff".repeat(96)}${suffix}`]) {
    (await sign(live, id, odd)).refused(400, "validation_error", { field: "signature" });
  }
  await pending(live, id, 3);
});

test("a key's signature in another form is judged by the contract, and refused where there is none", async () => {
  const { live } = await world.organisation();
  const owner = ethereum();
  const yes = await node.deploy(YES);
  const contract = await createWallet(live, yes);
  const odd = `${(await owner.sign(contract.challenge.message)).slice(0, -2)}1f`;
  (await sign(live, contract.id, odd)).expect(200);
  const key = await createWallet(live, owner.address);
  const ofKey = `${(await owner.sign(key.challenge.message)).slice(0, -2)}1f`;
  (await sign(live, key.id, ofKey)).refused(400, "validation_error", { field: "signature" });
  await pending(live, key.id, 5);
});

for (const [name, initCode] of Object.entries(HOSTILE)) {
  test(`a wallet that ${name} has not said yes`, async () => {
    const { live } = await world.organisation();
    const owner = ethereum();
    const made = await node.deploy(initCode);
    const notYet = future(initCode);
    for (const [address, wrap] of [
      [made, (signature) => signature],
      [notYet.address, notYet.wrap],
    ]) {
      const { id, challenge } = await createWallet(live, address);
      const begun = Date.now();
      const reply = await sign(live, id, wrap(await owner.sign(challenge.message)));
      reply.refused(400, "invalid_signature", { remaining: 4 });
      assert.ok(Date.now() - begun < 8_000, "in time");
    }
  });
}

test("a factory that loops leaves enough to say no", async () => {
  const { live } = await world.organisation();
  const owner = ethereum();
  const loops = await node.deploy(HOSTILE.loops);
  const { id, challenge } = await createWallet(live, future(owned(owner.address)).address);
  const signature = serializeErc6492Signature({ address: loops, data: "0x", signature: await owner.sign(challenge.message) });
  (await sign(live, id, signature)).refused(400, "invalid_signature", { remaining: 4 });
});

const json = (value) => (request, response) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
const word = (number) => number.toString(16).padStart(64, "0");
const answering = (...words) => json({ jsonrpc: "2.0", id: 1, result: `0x${words.map(word).join("")}` });

const BROKEN_NODES = {
  "cannot be reached": (request, response) => response.destroy(),
  "fails": (request, response) => response.writeHead(500).end("no"),
  "asks for patience": (request, response) => response.writeHead(429, { "retry-after": "17" }).end(),
  "wants another key": (request, response) => response.writeHead(401).end(),
  "leads elsewhere": (request, response) => response.writeHead(302, { location: "https://elsewhere-of-tests.com/" }).end(),
  "answers with a page": (request, response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
  "answers nothing": (request, response) => response.writeHead(200).end(),
  "says that the call reverted": json({ jsonrpc: "2.0", id: 1, error: { code: 3, message: "execution reverted", data: "0x" } }),
  "says that the gas is used up": json({ jsonrpc: "2.0", id: 1, error: { code: -32000, message: "out of gas" } }),
  "answers like a wallet": json({ jsonrpc: "2.0", id: 1, result: `0x1626ba7e${"0".repeat(56)}` }),
  "answers with no words": json({ jsonrpc: "2.0", id: 1, result: "0x" }),
  "is of another chain": answering(10, 1, 1),
  "says yes for no contract": answering(1, 0, 1),
  "never ends": (request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const more = setInterval(() => response.write(" ".repeat(65_536)), 20);
    response.on("close", () => clearInterval(more));
  },
};

for (const [name, handler] of Object.entries(BROKEN_NODES)) {
  test(`a node that ${name} counts for nothing`, async () => {
    const { live } = await world.organisation();
    const owner = ethereum();
    const address = await node.deploy(owned(owner.address));
    const { id, challenge } = await createWallet(live, address);
    const right = await owner.sign(challenge.message);
    world.internet.provider(NODE, handler);
    try {
      for (const signature of [right, "0xc0ffee"]) {
        const reply = (await sign(live, id, signature)).refused(503, "rpc_unavailable");
        assert.equal(reply.headers.get("retry-after"), name === "asks for patience" ? "17" : "5");
        assert.ok(!reply.text.includes(NODE) && !reply.text.includes(SECRET), reply.text);
      }
      await pending(live, id, 5);
      // Keys go on without it.
      const own = await createWallet(live, owner.address);
      (await sign(live, own.id, await owner.sign(own.challenge.message))).expect(200);
    } finally {
      world.internet.provider(NODE, node.handler);
    }
    (await sign(live, id, right)).expect(200);
    assert.ok(!world.logs().join("\n").includes(SECRET), "the node's address is not logged");
    assert.deepEqual(world.internet.requestsTo("elsewhere-of-tests.com"), []);
  });
}

test("contracts that create nothing are no wallets", async () => {
  const { live } = await world.organisation();
  const owner = ethereum();
  const { id, challenge } = await createWallet(live, future(creating("")).address);
  (await sign(live, id, await owner.sign(challenge.message))).refused(400, "invalid_signature", { remaining: 4 });
});
