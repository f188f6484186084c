// A validating resolver for tests: unbound asks the test's DNS server, checks signatures against the
// anchors it is given, and dnsdist in front of it speaks DNS over HTTP.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../xtask/runner/free-port.mjs";
import { answers, start } from "./dns.mjs";
import { eventually } from "./poll.mjs";

/** `anchors`: DS records; what lies below none of them is taken for unsigned. */
export async function startValidator(dns, anchors) {
  const home = await mkdtemp(join(tmpdir(), "proof-validator-"));
  const [port, front, doh] = [await freePort(), await freePort(), await freePort()];
  const zones = anchors.map((anchor) => anchor.split(". ")[0]);
  await writeFile(join(home, "unbound.conf"), unboundConfig({ home, port, above: dns.port, anchors, zones }));
  await writeFile(join(home, "dnsdist.conf"), dnsdistConfig({ port, front, doh }));
  const children = [
    start("unbound", ["-d", "-c", join(home, "unbound.conf")]),
    start("dnsdist", ["-C", join(home, "dnsdist.conf"), "--supervised", "--disable-syslog"]),
  ];
  process.once("exit", () => children.forEach((child) => child.kill("SIGKILL")));
  const stop = async () => {
    for (const child of children) child.kill("SIGKILL");
    await rm(home, { recursive: true, force: true });
  };
  try {
    await eventually("the validating resolver", () => answers(doh), { within: 10_000 });
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${children.map((child) => child.said).join("\n")}`);
  }
  return { doh: `http://127.0.0.1:${doh}/dns-query`, stop };
}

const unboundConfig = ({ home, port, above, anchors, zones }) => `
server:
  directory: "${home}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  verbosity: 1
  interface: 127.0.0.1
  port: ${port}
  num-threads: 1
  so-reuseport: no
  do-ip6: no
  do-daemonize: no
  do-not-query-localhost: no
  module-config: "validator iterator"
  ede: yes
  val-log-level: 2
  cache-max-ttl: 0
  cache-max-negative-ttl: 0
${anchors.map((anchor) => `  trust-anchor: "${anchor}"`).join("\n")}
remote-control:
  control-enable: no
${["com", "org", "net", "uk", ...zones].map((zone) => `stub-zone:\n  name: "${zone}"\n  stub-addr: 127.0.0.1@${above}`).join("\n")}
`;

const dnsdistConfig = ({ port, front, doh }) => `
setSecurityPollSuffix("")
setLocal("127.0.0.1:${front}")
addDOHLocal("127.0.0.1:${doh}", nil, nil, "/dns-query")
newServer({address="127.0.0.1:${port}", name="validator"}):setUp()
`;
