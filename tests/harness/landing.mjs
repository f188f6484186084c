// Where people are led back to: a web server of a tenant, with TLS and a name that Chromium knows.
import https from "node:https";
import { certificate } from "../../xtask/runner/peers/smtp.mjs";

const NAME = "shop.landing-of-tests.com";

/** A page that says it was reached; `visits` are the addresses at which it was. */
export async function startLanding() {
  const visits = [];
  const server = https.createServer(await certificate(NAME), (request, response) => {
    if (request.url.startsWith("/favicon")) return response.writeHead(404).end();
    visits.push({ url: `https://${NAME}${request.url}`, referer: request.headers.referer });
    response.writeHead(200, { "content-type": "text/html" }).end('<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Shop</title><h1>Welcome back</h1>');
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `https://${NAME}`,
    /** For the browser: which name is where. */
    hosts: { [NAME]: `127.0.0.1:${server.address().port}` },
    visits,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
