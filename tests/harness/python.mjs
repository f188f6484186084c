// The Python in which the published packages of tests/python-packages.txt are installed.
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The command. Without the packages the test fails and says what to do; it is not left out. */
export function python() {
  const list = readFileSync(new URL("../python-packages.txt", import.meta.url), "utf8");
  const home = process.platform === "darwin" ? join(homedir(), "Library/Caches") : join(homedir(), ".cache");
  const folder = join(process.env.XDG_CACHE_HOME || home, "proof/tools", `python-${list.trim().split(/\s+/).join("-")}`);
  if (existsSync(join(folder, "complete"))) return join(folder, "bin/python");
  const byHand = `python3 -m venv ${folder} && ${folder}/bin/pip install -r tests/python-packages.txt && touch ${folder}/complete`;
  throw new Error(`The tests' Python packages are not installed; \`cargo xtask test\` does it. By hand:\n  ${byHand}`);
}
