// The operator's commands (`cargo xtask org`, `keys`, `signing-key`), run as the tool runs them
// against a system that is up.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openControl } from "../../xtask/runner/control.mjs";

const PROGRAM = fileURLToPath(new URL("../../xtask/runner/operate.mjs", import.meta.url));
const run = promisify(execFile);

/** Runs one command and gives what it printed; fails as the command does. */
export async function operate(world, command, details = {}) {
  const control = await openControl(world, world.stateDir);
  try {
    const options = { command, stateDir: world.stateDir, secretsFile: world.secretsFile, ...details };
    const { stdout } = await run(process.execPath, [PROGRAM, JSON.stringify(options)]);
    return stdout;
  } finally {
    await control.close();
  }
}
