// The world outside, as far as webhooks need it: one server on loopback to which every request of the Workers goes. It
// answers for the resolver, in either form that is spoken, and takes webhooks. It writes down and judges nothing: that
// comes after the window.
import http from "node:http";

const ADDRESS = [45, 60, 1, 1];
export const RECEIVER = "receiver.bench-hooks.com";

export async function startReceiver() {
  const arrived = [];
  const waiting = new Map();
  let counted = { wanted: Infinity, done() {} };

  const server = http.createServer((request, response) => {
    const at = performance.now();
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      if (request.headers.host !== RECEIVER) return resolve(request, response, body);
      response.writeHead(200, { "content-length": 2 }).end("ok");
      const { headers } = request;
      arrived.push({ at, headers, body });
      const first = waiting.size > 0 && idIn(body);
      if (first) waiting.get(first)?.(at);
      if (arrived.length === counted.wanted) counted.done(performance.now());
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    /** What Miniflare calls an outbound service; both systems get it. */
    outbound: { external: { address: `127.0.0.1:${server.address().port}`, http: {} } },
    /** What has arrived since it was last asked. */
    take: () => arrived.splice(0),
    /** When the first byte of the webhook about this verification is here. */
    firstByte: (id) => new Promise((done) => waiting.set(id, (at) => (waiting.delete(id), done(at)))),
    /** When so many have arrived. */
    count: (wanted) => new Promise((done) => (counted = { wanted, done })),
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

const idIn = (body) => /"verification_id":"([0-9a-f]{24})"/.exec(body.latin1Slice(0, 1_000))?.[1];

/** Answers that the receiver's name has one public IPv4 address and none of the other family. */
function resolve(request, response, body) {
  const url = new URL(request.url, "http://dns");
  const asked = request.method === "POST" ? body : Buffer.from(url.searchParams.get("dns") ?? "", "base64url");
  if (asked.length > 0) return wire(response, asked);
  const data = ADDRESS.join(".");
  const answer = url.searchParams.get("type") === "1" ? [{ name: RECEIVER, type: 1, TTL: 60, data }] : [];
  const text = JSON.stringify({ Status: 0, TC: false, RD: true, RA: true, AD: false, CD: false, Answer: answer });
  response.writeHead(200, { "content-type": "application/dns-json", "content-length": text.length }).end(text);
}

/** RFC 8484: the question given back, and for an A record one answer behind it. */
function wire(response, asked) {
  let end = 12;
  while (asked[end] !== 0) end += asked[end] + 1;
  const isA = asked.readUInt16BE(end + 1) === 1;
  const head = Buffer.from([asked[0], asked[1], 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
  const record = isA ? Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...ADDRESS]) : Buffer.alloc(0);
  const message = Buffer.concat([head, asked.subarray(12, end + 5), record]);
  response.writeHead(200, { "content-type": "application/dns-message", "content-length": message.length }).end(message);
}
