// A real DNS server for tests: knot holds the zones, dnsdist in front of it speaks DNS over HTTP.
// Every top-level domain below is ours; the names under `servfail.com` fail and those under
// `silent.com` are never answered.
import { execFile, spawn } from "node:child_process";
import dgram from "node:dgram";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { Resolver } from "node:dns/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../../xtask/runner/free-port.mjs";
import { eventually } from "./poll.mjs";

const ZONES = ["com", "org", "net", "uk"];
const run = promisify(execFile);

/**
 * `zones`: more zones by name, each with its `servers` (names that its NS records give) and perhaps
 * `signed` with DNSSEC.
 */
export async function startDns({ zones: more = {} } = {}) {
  const home = await mkdtemp(join(tmpdir(), "proof-dns-"));
  await mkdir(join(home, "run"));
  await mkdir(join(home, "db"));
  const [port, front, doh] = [await freePort(), await freePort(), await freePort()];
  const silent = await silentPort();
  const zones = { ...Object.fromEntries(ZONES.map((zone) => [zone, {}])), ...more };
  for (const [zone, { servers }] of Object.entries(zones)) await writeFile(join(home, `${zone}.zone`), zoneFile(zone, servers));
  await writeFile(join(home, "knot.conf"), knotConfig(home, port, zones));
  await writeFile(join(home, "dnsdist.conf"), dnsdistConfig({ port, front, doh, silent: silent.address().port }));
  const children = [
    start("knotd", ["-c", join(home, "knot.conf")]),
    start("dnsdist", ["-C", join(home, "dnsdist.conf"), "--supervised", "--disable-syslog"]),
  ];
  const stop = async () => {
    for (const child of children) child.kill("SIGKILL");
    silent.close();
    await rm(home, { recursive: true, force: true });
  };
  process.once("exit", () => children.forEach((child) => child.kill("SIGKILL")));
  try {
    await eventually("the DNS server", () => answers(doh), { within: 10_000 });
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${children.map((child) => child.said).join("\n")}`);
  }
  const editor = new ZoneEditor(join(home, "run", "knot.sock"), Object.keys(zones));
  const resolver = new Resolver({ timeout: 1_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  return {
    doh: `http://127.0.0.1:${doh}/dns-query`,
    /** Adds records: `{name, type, data}`; data as in a zone file. */
    publish: (...records) => editor.change("zone-set", records),
    /** Removes what stands at a name, of one type or of all. */
    withdraw: (...records) => editor.change("zone-unset", records),
    /** The addresses that a public resolver would give for a name. */
    addresses: async (name) => {
      const found = await Promise.all([resolver.resolve4(name).catch(() => []), resolver.resolve6(name).catch(() => [])]);
      return found.flat();
    },
    /** Where the zones are served, without anybody in front. */
    port,
    /** The DS record of a signed zone, as its parent would hold it. */
    async ds(zone) {
      const { stdout } = await run(binary("keymgr"), ["-c", join(home, "knot.conf"), zone, "ds"]);
      return stdout.split("\n")[0];
    },
    stop,
  };
}

/** A character string of a TXT record. */
export const txt = (...strings) => strings.map((text) => `"${text.replaceAll('"', '\\"')}"`).join(" ");

class ZoneEditor {
  #socket;
  #zones;
  #queue = Promise.resolve();

  constructor(socket, zones) {
    this.#socket = socket;
    this.#zones = zones;
  }

  change(command, records) {
    const work = this.#queue.then(() => this.#apply(command, records));
    this.#queue = work.catch(() => {});
    return work;
  }

  async #apply(command, records) {
    const byZone = Map.groupBy(records, ({ name }) => this.#zoneOf(name));
    for (const [zone, changes] of byZone) {
      await this.#knotc("zone-begin", zone);
      try {
        for (const { name, type, data } of changes) {
          const words = [command, zone, `${name}.`];
          if (command === "zone-set") words.push("1");
          if (type) words.push(type);
          if (data) words.push(data);
          await this.#knotc(...words);
        }
        await this.#knotc("zone-commit", zone);
      } catch (error) {
        await this.#knotc("zone-abort", zone).catch(() => {});
        throw error;
      }
    }
  }

  /** The lowest zone that a name lies in. */
  #zoneOf(name) {
    const above = this.#zones.filter((zone) => name === zone || name.endsWith(`.${zone}`));
    return above.toSorted((a, b) => b.length - a.length)[0];
  }

  async #knotc(...words) {
    const { stdout, stderr } = await run(binary("knotc"), ["-s", this.#socket, ...words]);
    if (/^error/m.test(stdout + stderr)) throw new Error(`knotc ${words.join(" ")}: ${stdout}${stderr}`);
  }
}

export function start(name, words) {
  const child = spawn(binary(name), words, { stdio: ["ignore", "pipe", "pipe"] });
  child.said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (child.said = (child.said + text).slice(-4_000)));
  return child;
}

function binary(name) {
  const found = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"]
    .map((path) => join(path, name))
    .find((path) => existsSync(path));
  if (!found) throw new Error(`${name} is missing: apt-get install -y --no-install-recommends $(cat tests/apt-packages.txt)`);
  return found;
}

const knotConfig = (home, port, zones) => `
server:
    rundir: "${home}/run"
    listen: [ 127.0.0.1@${port} ]
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "${home}/db"
    journal-db-max-size: 8M
    kasp-db-max-size: 8M
    timer-db-max-size: 8M
    catalog-db-max-size: 8M
log:
  - target: stderr
    any: warning
template:
  - id: default
    storage: "${home}"
    file: "%s.zone"
    journal-content: none
    zonefile-sync: -1
    zonefile-load: whole
    semantic-checks: off
zone:
${[...Object.keys(zones), "servfail.com"].map((zone) => `  - domain: ${zone}${zones[zone]?.signed ? "\n    dnssec-signing: on" : ""}`).join("\n")}
`;

const zoneFile = (zone, servers = [`ns.${zone}`]) => `$TTL 1
@ SOA ns.${zone}. hostmaster.${zone}. 1 3600 600 86400 1
${servers.map((server) => `@ NS ${server}.`).join("\n")}
ns A 198.41.0.4
`;

const dnsdistConfig = ({ port, front, doh, silent }) => `
setSecurityPollSuffix("")
setUDPTimeout(30)
setLocal("127.0.0.1:${front}")
addDOHLocal("127.0.0.1:${doh}", nil, nil, "/dns-query")
newServer({address="127.0.0.1:${port}", name="zones", tcpOnly=true}):setUp()
newServer({address="127.0.0.1:${silent}", name="silent", pool="silent"}):setUp()
addAction("silent.com.", PoolAction("silent"))
`;

export async function answers(doh) {
  const query = Buffer.from("000001000001000000000000026e7303636f6d0000010001", "hex").toString("base64url");
  const reply = await fetch(`http://127.0.0.1:${doh}/dns-query?dns=${query}`, { headers: { accept: "application/dns-message" } });
  return reply.ok && (Buffer.from(await reply.arrayBuffer())[3] & 15) === 0;
}

/** A port whose owner reads nothing and says nothing. */
function silentPort() {
  return new Promise((resolve, reject) => {
    const socket = dgram.createSocket("udp4").once("error", reject);
    socket.bind(0, "127.0.0.1", () => resolve(socket));
  });
}
