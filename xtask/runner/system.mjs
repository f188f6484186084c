// The whole system on this machine: every Worker in one workerd, its database and objects in one
// folder. Used by `cargo xtask dev`, the end-to-end tests and the benchmark, so that all three run
// the same thing.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { appendFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { Log, LogLevel, Miniflare } from "miniflare";
import { freePort } from "./free-port.mjs";
import { migrate } from "./migrate.mjs";
import { loadSecrets, secretBindings } from "./secrets.mjs";
import { readWorkers, withBundle } from "./workers.mjs";

const KEPT_LINES = 20_000;
const DATABASE = ["DB", "proof-front"];
// Two systems of one process start one after the other, so that each knows its own children.
let startsInTurn = Promise.resolve();

/**
 * @typedef {object} Options
 * @property {string} stateDir       where the database and the objects live
 * @property {number} [port]         0 or nothing: a free one
 * @property {string} [host]
 * @property {string} [profile]      `quick` or `edge`
 * @property {string} [secretsFile]  made if absent; `<stateDir>/secrets.json` by default
 * @property {Record<string, string>} [vars]  variables of every Worker that override the files'
 * @property {Record<string, Record<string, string>>} [bindings]  the same by name of one Worker
 * @property {Record<string, number>} [rateLimits]  other limits a minute, by name of the binding
 * @property {string | Function} [outbound]  `async (request) => Response`, or a module whose default
 *   export is that: answers whatever the Workers fetch from the world outside
 * @property {string} [logFile]      gets every line the Workers print
 * @property {(line: string) => void} [onLine]
 */

/** @param {Options} options */
export async function startSystem(options) {
  const system = new System(options);
  await system.start();
  return system;
}

class System {
  #options;
  #miniflare;
  #lines = [];
  #workerd;
  #secrets;
  url;

  constructor(options) {
    const stateDir = resolve(options.stateDir);
    this.#options = {
      host: "127.0.0.1",
      profile: "quick",
      secretsFile: join(stateDir, "secrets.json"),
      ...options,
      stateDir,
    };
  }

  async start() {
    const { stateDir } = this.#options;
    await mkdir(stateDir, { recursive: true });
    this.#options.port ||= await freePort(this.#options.host);
    this.url = `http://${this.#options.host}:${this.#options.port}`;
    const miniflareOptions = await this.#miniflareOptions();
    try {
      await this.#watchingChildren(async () => {
        this.#miniflare = new Miniflare(miniflareOptions);
        await this.#miniflare.ready;
      });
      await migrate(await this.#database());
    } catch (error) {
      await this.#miniflare?.dispose().catch(() => {});
      throw error;
    }
  }

  /** What the local system's secrets are; `createKey` needs the pepper. */
  get secrets() {
    return this.#secrets;
  }

  /** The process of workerd, for those who measure it. */
  get pid() {
    return this.#workerd?.pid;
  }

  /** Runs one statement against the ledger and answers its rows. */
  sql = async (statement, params = []) => {
    const { results } = await (await this.#database()).prepare(statement).bind(...params).all();
    return results;
  };

  /** A Worker as others reach it through a service binding: some have no address. */
  worker = (name) => this.#miniflare.getWorker(name);

  /** A bucket of one Worker. */
  bucket = (binding, worker) => this.#miniflare.getR2Bucket(binding, worker);

  /** Takes new bundles, bindings and secrets. Open connections end; state stays. */
  async reload(changes = {}) {
    Object.assign(this.#options, changes);
    const miniflareOptions = await this.#miniflareOptions();
    await this.#watchingChildren(() => this.#miniflare.setOptions(miniflareOptions));
    await migrate(await this.#database());
  }

  async stop() {
    await this.#miniflare.dispose();
  }

  /** Ends workerd as a power cut would: nothing is closed, nothing is written. */
  async kill() {
    this.#workerd?.kill("SIGKILL");
    await this.#miniflare.dispose().catch(() => {});
  }

  /** The lines the Workers have printed, the last of them at the end. */
  logs() {
    return [...this.#lines];
  }

  #database() {
    return this.#miniflare.getD1Database(...DATABASE);
  }

  /** Miniflare does not tell which process is its workerd, and `kill` needs to know. */
  async #watchingChildren(work) {
    const children = [];
    const note = ({ process: child }) => children.push(child);
    const turn = startsInTurn.then(() => {
      subscribe("child_process", note);
      return work().finally(() => unsubscribe("child_process", note));
    });
    startsInTurn = turn.catch(() => {});
    await turn;
    this.#workerd = children.find((child) => child.spawnfile?.includes("workerd")) ?? this.#workerd;
  }

  async #miniflareOptions() {
    const { host, port, profile, stateDir, secretsFile, outbound } = this.#options;
    this.#secrets = await loadSecrets(secretsFile);
    const outboundService = await outboundFunction(outbound);
    const workers = (await readWorkers()).map((worker) => ({
      ...withBundle(worker, profile),
      bindings: this.#bindingsOf(worker),
      ratelimits: withLimits(worker.options.ratelimits, this.#options.rateLimits),
      ...(outboundService && { outboundService }),
    }));
    return {
      host,
      port,
      workers,
      defaultPersistRoot: stateDir,
      // Where the bodies of e-mails end up that were given to the platform's own binding.
      defaultProjectTmpPath: stateDir,
      log: new Log(LogLevel.ERROR),
      telemetry: { enabled: false },
      cf: false,
      handleRuntimeStdio: (...streams) => streams.forEach((stream) => this.#collect(stream)),
    };
  }

  #bindingsOf(worker) {
    const { vars = {}, bindings = {} } = this.#options;
    return {
      ...worker.options.bindings,
      PUBLIC_URL: this.url,
      ISSUER: this.url,
      EMAIL_PROVIDER: "inbox",
      ...secretBindings(worker, this.#secrets),
      ...vars,
      ...bindings[worker.name],
    };
  }

  #collect(stream) {
    createInterface({ input: stream }).on("line", (line) => {
      this.#lines.push(line);
      if (this.#lines.length > KEPT_LINES) this.#lines.splice(0, KEPT_LINES / 2);
      if (this.#options.logFile) appendFileSync(this.#options.logFile, `${line}\n`);
      this.#options.onLine?.(line);
    });
  }
}

function withLimits(ratelimits = {}, limits = {}) {
  const changed = ([name, limit]) => {
    const simple = { ...limit.simple, limit: limits[name] ?? limit.simple.limit };
    return [name, { ...limit, simple }];
  };
  return Object.fromEntries(Object.entries(ratelimits).map(changed));
}

async function outboundFunction(outbound) {
  if (typeof outbound !== "string") return outbound;
  return (await import(pathToFileURL(resolve(outbound)).href)).default;
}
