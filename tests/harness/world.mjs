// One whole system for one test file: the Workers in workerd on a free port with a state of their
// own, the outside world they see, and organisations with keys.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKey, createOrganisation, hashKey } from "../../xtask/runner/seed.mjs";
import { startSystem } from "../../xtask/runner/system.mjs";
import { Client } from "./client.mjs";
import { Contract } from "./contract.mjs";
import { startDns } from "./dns.mjs";
import { startInternet } from "./internet.mjs";
import { eventually } from "./poll.mjs";
import { Inbox } from "./steps.mjs";

/** Shorter waits than in use, and no looks at domains but those asked for; everything else is as the operator gets it. */
const QUICK = { KEY_CACHE_SECONDS: "1", DOMAIN_CHECK_SECONDS: "0" };

/** `dns: true` for a real DNS server, or what is special about it; `vars` override the Workers' variables. */
export async function startWorld({ dns: wantsDns = false, vars = {}, ...options } = {}) {
  const stateDir = await mkdtemp(join(tmpdir(), "proof-test-"));
  const dns = wantsDns ? await startDns(wantsDns === true ? {} : wantsDns) : undefined;
  const internet = await startInternet({ dns });
  const world = new World({ stateDir, dns, internet, options: { ...options, vars: { ...QUICK, ...vars } } });
  try {
    await world.start();
    return world;
  } catch (error) {
    process.stderr.write(`${world.logs().slice(-40).join("\n")}\n`);
    await world.stop().catch(() => {});
    throw error;
  }
}

class World {
  #system;
  #stateDir;
  #options;
  #earlier = [];

  constructor({ stateDir, dns, internet, options }) {
    this.#stateDir = stateDir;
    this.#options = options;
    this.dns = dns;
    this.internet = internet;
    this.inbox = new Inbox(this.sql);
    this.anonymous = new Client(this);
  }

  async start() {
    const { outbound = this.internet.service, ...options } = this.#options;
    this.#system = await startSystem({ profile: process.env.PROOF_PROFILE ?? "quick", ...options, stateDir: this.#stateDir, outbound });
    // A system that was killed comes back at the same address.
    this.#options.port = Number(new URL(this.#system.url).port);
    this.contract ??= new Contract(await this.#document());
  }

  async #document() {
    const reply = await fetch(`${this.url}/api/openapi-3.1.json`);
    if (!reply.ok) throw new Error(`no OpenAPI document (${reply.status}): cargo xtask build writes it into build/assets`);
    return reply.json();
  }

  get url() {
    return this.#system.url;
  }

  get secrets() {
    return this.#system.secrets;
  }

  get pid() {
    return this.#system.pid;
  }

  get secretsFile() {
    return join(this.#stateDir, "secrets.json");
  }

  get stateDir() {
    return this.#stateDir;
  }

  logs() {
    return [...this.#earlier, ...(this.#system?.logs() ?? [])];
  }

  sql = (statement, parameters) => this.#system.sql(statement, parameters);

  /** A Worker as others reach it through a service binding. */
  worker = (name) => this.#system.worker(name);

  bucket = (binding, worker) => this.#system.bucket(binding, worker);

  /** Takes new settings and secrets, as `cargo xtask dev` does after a change. */
  reload(changes) {
    return this.#system.reload(changes);
  }

  /** Ends the system without warning and starts it again on what it had written. */
  async crash() {
    await this.#system.kill();
    this.#earlier = this.logs();
    await this.start();
  }

  async stop() {
    await this.#system?.stop();
    await this.internet.stop();
    await this.dns?.stop();
    await rm(this.#stateDir, { recursive: true, force: true });
  }

  hashOf(key) {
    return hashKey(this.secrets.KEY_PEPPER, key);
  }

  /** A new organisation with a live and a test client. It is not metered unless `rate` says so. */
  async organisation({ name = "Acme", rate = 0, quota = null, streams = null } = {}) {
    const id = await createOrganisation(this.sql, { name, rateLimitPerMinute: rate, monthlyQuota: quota, streamsLimit: streams });
    const addKey = async (environment) =>
      new Client(this, await createKey(this.sql, this.secrets.KEY_PEPPER, { organisationId: id, environment, name: "tests" }));
    return { id, addKey, live: await addKey("live"), test: await addKey("test") };
  }

  /** A list once it has at least so many entries: objects tell the ledger a moment later. */
  listed(client, path, count) {
    return eventually(`${count} entries at ${path}`, async () => {
      const { body } = (await client.get(path)).expect(200);
      return body.data.length >= count && body;
    });
  }
}
