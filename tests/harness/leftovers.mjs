// Where words are left of what was deleted: in the tables of the ledger and in the files of objects.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Every row of every table that holds one of these words. */
export async function inTables(world, words) {
  const tables = await world.sql("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'");
  assert.ok(tables.length > 12, "all tables are looked at");
  const found = [];
  for (const { name } of tables) {
    for (const row of await world.sql(`SELECT * FROM ${name}`)) {
      const text = Object.values(row).join("\n");
      for (const word of words) if (text.includes(word)) found.push(`${name}: ${word}`);
    }
  }
  return found;
}

/** Every file of an object, its write-ahead log included, that holds one of these words. D1's own files are read by its tables. */
export async function inObjects(world, words) {
  const found = [];
  let files = 0;
  for (const entry of await readdir(world.stateDir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.includes("D1DatabaseObject") || !/\.sqlite(-wal|-shm)?$/.test(path)) continue;
    // An object that is put away in this moment takes its log with it.
    const bytes = await readFile(path).catch((error) => {
      if (error.code !== "ENOENT") throw error;
    });
    if (!bytes) continue;
    files += 1;
    // A stored text is in Latin letters or, if one of its letters is no such, in two bytes each.
    const holds = (word) => ["utf8", "latin1", "utf16le"].some((encoding) => bytes.includes(Buffer.from(word, encoding)));
    for (const word of words) if (holds(word)) found.push(`${entry.name}: ${word}`);
  }
  assert.ok(files > 0, "objects have files");
  return found;
}
