// Applies the migrations that a database has not seen, in order, each as one transaction. Keeps
// count in wrangler's own table, so that `wrangler d1 migrations` and this agree.
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./workers.mjs";

const TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;
const REMEMBER = "INSERT INTO d1_migrations (name) VALUES (?)";

/** @returns {Promise<string[]>} the names of those applied now */
export async function migrate(database, folder = join(ROOT, "migrations")) {
  await database.prepare(TABLE).run();
  const { results } = await database.prepare("SELECT name FROM d1_migrations").all();
  const applied = new Set(results.map(({ name }) => name));
  const pending = (await migrationFiles(folder)).filter((name) => !applied.has(name));
  for (const name of pending) {
    const sql = await readFile(join(folder, name), "utf8");
    const statements = splitStatements(sql).map((statement) => database.prepare(statement));
    await database.batch([...statements, database.prepare(REMEMBER).bind(name)]);
  }
  return pending;
}

/** The ledger's migrations, then those of `local/`, which exist on developers' machines only. */
async function migrationFiles(folder) {
  const list = async (part) => {
    const names = await readdir(join(folder, part)).catch(() => []);
    return names.filter((name) => name.endsWith(".sql")).sort().map((name) => join(part, name));
  };
  return [...(await list("")), ...(await list("local"))];
}

/** Splits at semicolons, but not within strings, comments or the body of a trigger. */
export function splitStatements(sql) {
  const token = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|;|\b\w+\b/g;
  const statements = [];
  let start = 0;
  let words = [];
  let depth = 0;
  for (const { 0: text, index } of sql.matchAll(token)) {
    const word = text.toUpperCase();
    if (text === ";" && depth === 0) {
      if (words.length > 0) statements.push(sql.slice(start, index).trim());
      start = index + 1;
      words = [];
    } else if (/^\w/.test(text)) {
      words.push(word);
      const inTrigger = words[0] === "CREATE" && words.slice(1, 3).includes("TRIGGER");
      if (inTrigger && (word === "BEGIN" || word === "CASE")) depth += 1;
      if (inTrigger && word === "END") depth -= 1;
    }
  }
  if (words.length > 0) statements.push(sql.slice(start).trim());
  return statements;
}
