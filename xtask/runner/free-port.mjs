import { randomInt } from "node:crypto";
import { createServer } from "node:net";

// Below what systems give to outgoing connections: between being found free and being taken, a port
// of that range may go to any of them.
const FIRST = 12_000;
const LAST = 31_000;
const TRIES = 50;

/** A port nobody listens on. */
export async function freePort(host = "127.0.0.1") {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = randomInt(FIRST, LAST);
    if (await isFree(port, host)) return port;
  }
  throw new Error("no port is free");
}

function isFree(port, host) {
  return new Promise((settle) => {
    const server = createServer();
    server.once("error", () => settle(false));
    server.listen(port, host, () => server.close(() => settle(true)));
  });
}
