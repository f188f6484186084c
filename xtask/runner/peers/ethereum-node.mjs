// An Ethereum node with a chain of its own (anvil), for contract wallets. It answers JSON-RPC like any
// node, remembers what it was asked, and can make contracts.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../free-port.mjs";

/** Puts contracts at addresses that follow from their code: part of every such chain. */
export const FACTORY = "0x4e59b44847b379578588920ca78fbf26c0b4956c";

/** What the system has to be told to ask a node at this address. */
export const settings = (baseUrl, chainId = 1) => ({ ETHEREUM_RPC_URL: baseUrl, ETHEREUM_CHAIN_ID: String(chainId) });

/** The packaged program, where there is a package for the machine, or the one that is installed. */
function program() {
  try {
    return createRequire(import.meta.url).resolve("@foundry-rs/anvil-linux-amd64/bin/anvil");
  } catch {
    return "anvil";
  }
}

export async function startEthereumNode({ chainId = 1 } = {}) {
  const port = await freePort();
  const child = spawn(program(), ["--port", String(port), "--chain-id", String(chainId), "--silent"], { stdio: "ignore" });
  let failure;
  const ended = new Promise((resolve) => child.once("close", resolve).once("error", (error) => resolve((failure = error))));
  const url = `http://127.0.0.1:${port}`;
  const received = [];

  const post = (body) => fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });

  async function call(method, ...params) {
    const reply = await (await post(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }))).json();
    if (reply.error) throw new Error(`${method}: ${reply.error.message}`);
    return reply.result;
  }

  async function mined(transaction) {
    const [from] = await call("eth_accounts");
    const hash = await call("eth_sendTransaction", { from, gas: "0x989680", ...transaction });
    for (let tries = 0; tries < 100; tries++) {
      const receipt = await call("eth_getTransactionReceipt", hash);
      if (receipt?.status === "0x1") return receipt;
      if (receipt) throw new Error(`the transaction ${hash} failed`);
      await sleep(20);
    }
    throw new Error(`the transaction ${hash} is not mined`);
  }

  const node = {
    url,
    call,
    received,
    /** Answers as a node on the network does. */
    async handler(request, response) {
      let body = "";
      for await (const chunk of request) body += chunk;
      received.push(JSON.parse(body));
      const answer = await post(body);
      response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
    },
    /** Makes a contract of this code and says where it is. */
    async deploy(initCode) {
      return (await mined({ data: initCode })).contractAddress;
    },
    /** Carries out a call, such as a factory's. */
    send: (to, data) => mined({ to, data }),
    codeAt: (address) => call("eth_getCode", address, "latest"),
    async stop() {
      child.kill();
      await ended;
    },
  };
  for (let tries = 0; tries < 200; tries++) {
    if (failure?.code === "ENOENT") throw new Error("There is no anvil. https://getfoundry.sh has it for this machine.");
    if (failure || child.exitCode !== null) throw new Error("the Ethereum node ended at once");
    try {
      await call("eth_chainId");
      return node;
    } catch {
      await sleep(50);
    }
  }
  await node.stop();
  throw new Error("the Ethereum node does not answer");
}
