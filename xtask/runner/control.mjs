// A door into a running system for the commands of this machine: loopback only, and only for who can
// read the token. Never part of what is deployed.
import { randomBytes, timingSafeEqual } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";

const MAX_BODY = 1 << 20;
const fileIn = (stateDir) => join(stateDir, "control.json");

/** Listens on a free port and leaves the address and the token in the state folder. */
export async function openControl(system, stateDir) {
  const token = randomBytes(24).toString("hex");
  const routes = {
    "/sql": async ({ sql, params }) => ({ rows: await system.sql(sql, params) }),
    "/reload": async (changes) => {
      await system.reload(changes);
      return { url: system.url };
    },
    "/ping": async () => ({ url: system.url }),
  };
  const server = createServer(async (request, response) => {
    const answer = (status, body) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    try {
      const route = request.method === "POST" ? routes[request.url] : undefined;
      if (route === undefined || !authorised(request, token)) return answer(404, { error: "there is nothing here" });
      answer(200, await route(await readJson(request)));
    } catch (error) {
      answer(500, { error: String(error?.message ?? error) });
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address();
  await writeFile(fileIn(stateDir), JSON.stringify({ url: `http://127.0.0.1:${port}`, token }), { mode: 0o600 });
  return {
    close: async () => {
      server.close();
      server.closeAllConnections();
      await rm(fileIn(stateDir), { force: true });
    },
  };
}

/** A client for the system that runs on this state, or undefined if none does. */
export async function findControl(stateDir) {
  const found = await readFile(fileIn(stateDir), "utf8").then(JSON.parse, () => undefined);
  if (found === undefined) return undefined;
  const post = async (path, body = {}) => {
    const headers = { authorization: `Bearer ${found.token}`, "content-type": "application/json" };
    const response = await fetch(found.url + path, { method: "POST", headers, body: JSON.stringify(body) });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error);
    return answer;
  };
  // A system that was killed leaves its file behind.
  if (!(await post("/ping").catch(() => undefined))) return undefined;
  return {
    sql: async (sql, params = []) => (await post("/sql", { sql, params })).rows,
    reload: (changes = {}) => post("/reload", changes),
  };
}

function authorised(request, token) {
  const given = Buffer.from(request.headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function readJson(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY) throw new Error("the body is too large");
    chunks.push(chunk);
  }
  return size === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
}
