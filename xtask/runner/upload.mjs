// Writes the secrets that one Worker asks for into a file for `wrangler deploy --secrets-file`:
// upload.mjs <all secrets> <file to write> <name>…  The secrets are made the first time.
import { writeFileSync } from "node:fs";
import { loadSecrets, secretBindings } from "./secrets.mjs";

const [all, file, ...required] = process.argv.slice(2);
const secrets = await loadSecrets(all);
writeFileSync(file, JSON.stringify(secretBindings({ secrets: required }, secrets)), { mode: 0o600 });
