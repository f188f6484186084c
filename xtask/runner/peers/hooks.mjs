// A tenant's back end on a developer's machine: it takes the demo organisation's webhooks, checks each
// with the published library, and can be told to fail, so that retries can be watched.
import { setTimeout as pause } from "node:timers/promises";
import { Response } from "miniflare";
import { Webhook } from "standardwebhooks";
import { DOMAIN_OF_NOBODY } from "./dns.mjs";
import { tenant } from "../tenant.mjs";
import { answerJson } from "./wire.mjs";

const HOST = `hooks${DOMAIN_OF_NOBODY}`;
const KEPT = 50;
const ENVIRONMENTS = ["test", "live"];
/** Longer than a delivery waits. */
const TOO_LONG_MS = 20_000;

/** What it can be told to do with what comes. */
const MANNERS = {
  take: () => new Response("thank you"),
  fail: () => new Response("something broke", { status: 500 }),
  gone: () => new Response("nobody lives here any more", { status: 410 }),
  slow: async () => {
    await pause(TOO_LONG_MS, undefined, { ref: false });
    return new Response("was there anything?");
  },
};

export class Hooks {
  #manner = "take";
  #received = [];
  #endpoints = {};

  /** Registers itself with the demo organisation, unless it is registered. */
  async connect(system, keys) {
    for (const environment of ENVIRONMENTS.filter((name) => keys[`${name}_key`])) {
      const api = tenant(system, keys[`${environment}_key`]);
      const url = `https://${HOST}/${environment}`;
      const { data } = await api("GET", "webhook-endpoints");
      const { id } = data.find((known) => known.url === url) ?? (await api("POST", "webhook-endpoints", { url, description: "The page /dev/webhooks" }));
      this.#endpoints[environment] = { id, api };
    }
  }

  /** What the Workers send to it, or nothing if it is somebody else's. */
  async take(request) {
    const { hostname, pathname } = new URL(request.url);
    if (hostname !== HOST) return undefined;
    const body = await request.text();
    const headers = Object.fromEntries(request.headers);
    const manner = this.#manner;
    const reply = Promise.resolve(MANNERS[manner]());
    const problem = await this.#problem(pathname.slice(1), headers, body);
    const { status } = manner === "slow" ? {} : await reply;
    const shown = Object.entries(headers).filter(([name]) => /^(webhook-|x-proof-|content-type|user-agent)/.test(name));
    const at = `${new Date().toISOString().slice(0, 19)}Z`;
    this.#received.unshift({ at, environment: pathname.slice(1), ...readable(body), problem, status, headers: shown });
    this.#received.splice(KEPT);
    return reply;
  }

  handler = async (request, response, url) => {
    const [, , what, which] = url.pathname.split("/");
    if (request.method === "POST" && what === "manner" && which in MANNERS) await this.#behave(which);
    else if (request.method === "POST" && what === "send") await this.#send();
    else if (request.method !== "GET" || what) return response.writeHead(404).end();
    answerJson(response, 200, { manner: this.#manner, url: `https://${HOST}/test`, received: this.#received });
  };

  /** The secret is asked for each time: it may have been rotated. */
  async #problem(environment, headers, body) {
    const endpoint = this.#endpoints[environment];
    if (!endpoint) return "nobody here knows this address";
    try {
      const { secret } = await endpoint.api("GET", `webhook-endpoints/${endpoint.id}/secret`);
      new Webhook(secret).verify(body, headers);
      return undefined;
    } catch (error) {
      return error.message;
    }
  }

  async #behave(manner) {
    this.#manner = manner;
    if (manner !== "take") return;
    // Whoever said 410 gets nothing any more until the tenant switches it on again.
    for (const { id, api } of Object.values(this.#endpoints)) await api("PATCH", `webhook-endpoints/${id}`, { enabled: true });
  }

  async #send() {
    const { id, api } = this.#endpoints.test ?? {};
    if (id) await api("POST", `webhook-endpoints/${id}/test`);
  }
}

/** The event, and the body as people like to read it. */
function readable(body) {
  try {
    const content = JSON.parse(body);
    return { event: content.event, body: JSON.stringify(content, null, 2) };
  } catch {
    return { body };
  }
}
