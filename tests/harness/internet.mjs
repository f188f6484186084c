// The whole outside world of the Workers. Every request that leaves them arrives here, on loopback:
// the name is resolved by the test's DNS server, the address found is looked up among the hosts that
// the test has put up, and everything is written down.
import http from "node:http";
import { sleep } from "./poll.mjs";

/** Those that the Workers ask unless a test says otherwise; all of them know what the DNS server knows. */
export const RESOLVERS = ["cloudflare-dns.com", "dns.google", "dns.quad9.net"];

export async function startInternet({ dns } = {}) {
  const hosts = new Map();
  const names = new Map();
  const odd = new Map();
  const requests = [];
  const server = http.createServer((request, response) => {
    serve(request, response).catch((error) => {
      response.destroy();
      requests.push({ error: String(error) });
    });
  });
  server.keepAliveTimeout = 1_000;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

  async function serve(request, response) {
    const url = new URL(`${request.headers["x-outside-scheme"] ?? "http"}://${request.headers.host}${request.url}`);
    const name = url.hostname.replace(/^\[|\]$/g, "");
    const resolverAsked = RESOLVERS.includes(name);
    const seen = { method: request.method, url: url.href, host: name, headers: request.headers, resolver: resolverAsked, at: Date.now() };
    requests.push(seen);
    if (resolverAsked) {
      await sleep(dnsDelay);
      const { answers = dns?.doh, change, status, silent } = odd.get(name) ?? {};
      if (silent) return;
      if (status) return response.writeHead(status).end();
      return forward(request, response, answers, change);
    }
    const named = names.get(name);
    if (named) {
      seen.reached = true;
      return named(request, response, url);
    }
    const addresses = isAddress(name) ? [name] : await (dns?.addresses(name) ?? []);
    seen.addresses = addresses;
    const handler = addresses.map((address) => hosts.get(address)).find(Boolean);
    if (!handler) return response.writeHead(530).end("error code: 1016");
    seen.reached = true;
    await handler(request, response, url);
  }

  let next = 1;
  let dnsDelay = 0;
  return {
    /** Lets every answer of the resolver take so long. */
    slowDns(milliseconds) {
      dnsDelay = milliseconds;
    },
    /**
     * Lets one resolver behave otherwise: `silent`, with an HTTP `status`, with the answers of
     * another server, or after a `change` of the answer's bytes. Nothing makes it behave again.
     */
    resolver(name, behaviour) {
      if (behaviour) odd.set(name, behaviour);
      else odd.delete(name);
    },
    /** What Miniflare calls an outbound service. */
    service: { external: { address: `127.0.0.1:${server.address().port}`, http: { forwardedProtoHeader: "x-outside-scheme" } } },
    requests,
    /** Puts up a web server and returns its public address. */
    host(handler, address = `45.60.${next >> 8}.${next++ & 255}`) {
      hosts.set(address, handler);
      return address;
    },
    /** Puts up a server under a name, whatever DNS says: what the operator's settings point to. */
    provider(name, handler) {
      names.set(name, handler);
    },
    /** Requests for a name or address, DNS aside. */
    requestsTo: (name) => requests.filter((request) => request.host === name),
    /** Requests to anything but the DNS resolver. */
    outside: () => requests.filter((request) => !request.resolver),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A web server that answers every path alike. */
export const page =
  (body, { status = 200, headers = {} } = {}) =>
  (request, response) => {
    response.writeHead(status, { "content-type": "text/plain", ...headers }).end(body);
  };

/** A web server with a file at one path and nothing elsewhere. */
export const file = (path, body, options) => (request, response) =>
  request.url === path ? page(body, options)(request, response) : response.writeHead(404).end("not here");

const isAddress = (name) => name.includes(":") || /^[\d.]+$/.test(name);

function forward(request, response, target, change) {
  if (!target) return response.writeHead(503).end();
  const url = new URL(target);
  url.search = new URL(request.url, target).search;
  return new Promise((resolve) => {
    const { method, headers } = request;
    const onward = http.request(url, { method, headers: { ...headers, host: url.host } }, (answer) => {
      if (change) return changed(answer, response, change).then(resolve, () => resolve(response.destroy()));
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response).on("close", resolve);
    });
    onward.on("error", () => resolve(response.destroy()));
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  });
}

async function changed(answer, response, change) {
  const chunks = [];
  for await (const chunk of answer) chunks.push(chunk);
  const body = change(Buffer.concat(chunks));
  response.writeHead(answer.statusCode, { "content-type": "application/dns-message", "content-length": body.length }).end(body);
}
