// The operator's commands on organisations, API keys and signing keys. The only argument is JSON:
// {command, stateDir, secretsFile, remote?: {config, push: [{config, secrets}…]}, …}. Prints for people;
// a whole API key is printed once, when it is made, and never a signing key.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { localLedger, remoteLedger } from "./ledger.mjs";
import { loadSecrets, saveSecrets, secretBindings } from "./secrets.mjs";
import { createKey, createOrganisation } from "./seed.mjs";
import { activate, announce, prune, rotate } from "./signing.mjs";
import { ROOT } from "./workers.mjs";

const COMMANDS = {
  "org create": async ({ ledger, name, rate, quota }) => {
    const limits = { rateLimitPerMinute: whole(rate, 100), monthlyQuota: whole(quota, null) };
    const id = await createOrganisation(ledger.sql, { name, ...limits });
    console.log(`${id}  ${name}`);
  },
  "org list": async ({ ledger }) => {
    const rows = await ledger.sql(
      `SELECT id, name, rate_limit_per_minute AS "per minute", monthly_quota AS quota, created_at AS created
       FROM organisations ORDER BY created_at`,
    );
    print(rows);
  },
  "keys create": async ({ ledger, secrets, org, env, name }) => {
    const organisationId = await findOrganisation(ledger, org);
    const key = await createKey(ledger.sql, secrets.KEY_PEPPER, { organisationId, environment: env, name });
    console.log(`${key}\n\nThis is the only time the key is shown.`);
  },
  "keys list": async ({ ledger, org }) => {
    const where = org ? "WHERE api_keys.organisation_id = ?" : "";
    const rows = await ledger.sql(
      `SELECT api_keys.id, organisations.name AS organisation, environment AS env, api_keys.name, hint AS key,
         api_keys.created_at AS created, last_used_at AS "last used", revoked_at AS revoked
       FROM api_keys JOIN organisations ON organisations.id = organisation_id ${where}
       ORDER BY api_keys.created_at`,
      org ? [await findOrganisation(ledger, org)] : [],
    );
    print(rows);
  },
  "keys revoke": async ({ ledger, id }) => {
    const now = Math.floor(Date.now() / 1000);
    const revoke = "UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL RETURNING hint";
    const [row] = await ledger.sql(revoke, [now, id]);
    if (row === undefined) throw new Error(`no key that is still good has the id ${id}`);
    console.log(`${row.hint} is revoked. Workers that know the key forget it within a minute.`);
  },
  "signing-key list": async ({ secrets }) => {
    const { active, keys } = secrets.SIGNING_KEYS;
    const state = ({ kid, retired_at }) => (kid === active ? "signs" : retired_at ? "retired" : "announced");
    print(keys.map((key) => ({ kid: key.kid, state: state(key), created: key.created_at, retired: key.retired_at })));
  },
  "signing-key announce": (options) => changeKeys(options, announce, "is published; activate it in a day"),
  "signing-key activate": (options) => changeKeys(options, (set) => prune(activate(set, options.kid)), "signs now"),
  "signing-key rotate": (options) => changeKeys(options, rotate, "signs now; the key before it stays published"),
};

async function changeKeys({ secrets, secretsFile, ledger, remote, kid }, change, said) {
  secrets.SIGNING_KEYS = change(secrets.SIGNING_KEYS);
  await saveSecrets(secretsFile, secrets);
  const name = kid ?? secrets.SIGNING_KEYS.keys.at(-1).kid;
  // Functions publish the new set before the objects sign with it.
  for (const { config, ...worker } of remote?.push ?? []) putSecrets(config, secretBindings(worker, secrets));
  const told = await ledger.reload();
  console.log(`${name} ${said}.${told ? " The running system has reloaded." : ""}`);
}

function putSecrets(config, values) {
  const wrangler = join(ROOT, "node_modules/.bin/wrangler");
  const stdio = ["pipe", "inherit", "inherit"];
  execFileSync(wrangler, ["secret", "bulk", "--config", config], { input: JSON.stringify(values), stdio });
}

async function findOrganisation(ledger, org) {
  const rows = await ledger.sql("SELECT id FROM organisations WHERE id = ? OR name = ?", [org, org]);
  if (rows.length === 0) throw new Error(`there is no organisation ${org}`);
  if (rows.length > 1) throw new Error(`several organisations are called ${org}; give the id`);
  return rows[0].id;
}

function whole(text, otherwise) {
  if (text === undefined || text === null) return otherwise;
  if (!/^\d{1,12}$/.test(text)) throw new Error(`${text} is not a whole number`);
  return Number(text);
}

const TIMES = ["created", "last used", "revoked", "retired"];

function print(rows) {
  const shown = ([name, value]) => {
    if (value === null || value === undefined) return [name, "–"];
    return [name, TIMES.includes(name) ? new Date(value * 1000).toISOString().replace(".000", "") : String(value)];
  };
  const table = rows.map((row) => Object.fromEntries(Object.entries(row).map(shown)));
  if (table.length === 0) return console.log("There are none.");
  const names = Object.keys(rows[0]);
  const width = (name) => Math.max(name.length, ...table.map((row) => (row[name] ?? "–").length));
  const line = (cell) => names.map((name) => cell(name).padEnd(width(name))).join("  ").trimEnd();
  console.log(line((name) => name));
  for (const row of table) console.log(line((name) => row[name] ?? "–"));
}

const options = JSON.parse(process.argv[2] ?? "{}");
const ledger = options.remote ? remoteLedger(options.remote.config) : await localLedger(options.stateDir);
try {
  const secrets = await loadSecrets(options.secretsFile);
  await COMMANDS[options.command]({ ...options, ledger, secrets });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await ledger.close();
}
