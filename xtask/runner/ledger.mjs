// Where the operator's commands find the ledger: in the running local system, in the files of one
// that does not run, or at Cloudflare through wrangler.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { Log, LogLevel, Miniflare } from "miniflare";
import { findControl } from "./control.mjs";
import { migrate } from "./migrate.mjs";
import { ROOT, readWorkers } from "./workers.mjs";

const DATABASE_NAME = "proof";

/**
 * @typedef {object} Ledger
 * @property {(sql: string, params?: unknown[]) => Promise<object[]>} sql
 * @property {() => Promise<boolean>} reload  tells the running system, if there is one
 * @property {() => Promise<void>} close
 */

/** @returns {Promise<Ledger>} */
export async function localLedger(stateDir) {
  const control = await findControl(stateDir);
  if (control !== undefined) {
    const reload = async () => Boolean(await control.reload());
    return { sql: control.sql, reload, close: async () => {} };
  }
  const [{ options }] = await readWorkers();
  const miniflare = new Miniflare({
    modules: true,
    script: "export default { fetch: () => new Response() };",
    compatibilityDate: options.compatibilityDate,
    d1Databases: options.d1Databases,
    defaultPersistRoot: stateDir,
    log: new Log(LogLevel.ERROR),
    telemetry: { enabled: false },
    cf: false,
  });
  const database = await miniflare.getD1Database("DB");
  await migrate(database);
  return {
    sql: async (sql, params = []) => (await database.prepare(sql).bind(...params).all()).results,
    reload: async () => false,
    close: () => miniflare.dispose(),
  };
}

/** @param {string} config a configuration that names the real database @returns {Ledger} */
export function remoteLedger(config) {
  const sql = async (statement, params = []) => {
    const rest = ["d1", "execute", DATABASE_NAME, "--remote", "--json", "--yes", "--config", config];
    const wrangler = join(ROOT, "node_modules/.bin/wrangler");
    const run = promisify(execFile)(wrangler, [...rest, "--command", inlined(statement, params)]);
    const { stdout } = await run.catch((error) => {
      throw new Error(`wrangler d1 execute: ${error.stderr || error.stdout || error.message}`);
    });
    return JSON.parse(stdout)[0].results;
  };
  return { sql, reload: async () => false, close: async () => {} };
}

/** wrangler takes no parameters, so they are written into the statement. */
export function inlined(statement, params) {
  const left = [...params];
  const text = statement.replace(/'(?:[^']|'')*'|\?/g, (part) => (part === "?" ? literal(left.shift()) : part));
  if (left.length > 0) throw new Error("there are more parameters than places for them");
  return text;
}

function literal(value) {
  if (value === null) return "NULL";
  if (Number.isSafeInteger(value)) return String(value);
  if (typeof value === "string" && !value.includes("\0")) return `'${value.replaceAll("'", "''")}'`;
  throw new Error(`a ${typeof value} cannot be written into a statement`);
}
