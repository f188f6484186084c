// A person with a browser of few abilities: cookies, redirects and the one form of our page.
import assert from "node:assert/strict";
import { Cookies } from "../../xtask/runner/cookies.mjs";
import { Reply } from "./client.mjs";

const CONNECT = /\/connect\/[0-9a-f]{24}$/;

export class Person {
  #world;
  #cookies = new Cookies();

  constructor(world) {
    this.#world = world;
  }

  get cookies() {
    return this.#cookies.header;
  }

  /** Opens an address of the system. */
  async open(address, { method = "GET", body, headers = {}, cookies = this.cookies } = {}) {
    const url = new URL(address, this.#world.url);
    const response = await fetch(url, {
      method,
      body,
      redirect: "manual",
      headers: {
        ...(cookies && { cookie: cookies }),
        ...(body && { "content-type": "application/x-www-form-urlencoded", origin: this.#world.url }),
        ...headers,
      },
    });
    this.#cookies.keep(response);
    return new Reply(response.status, [...response.headers], await response.text());
  }

  /** Opens the page and presses its button; the provider's address to which it leads. */
  async begin(authUrl) {
    const page = (await this.open(authUrl)).expect(200);
    const { action, fields } = formIn(page.text);
    assert.match(action, CONNECT);
    const away = (await this.open(action, { method: "POST", body: new URLSearchParams(fields) })).expect(303);
    return away.headers.get("location");
  }
}

/** The one form of a page. */
export function formIn(html) {
  const action = /<form[^>]*action="([^"]*)"/.exec(html)?.[1];
  assert.ok(action, "the page has a form");
  const fields = {};
  for (const [, name, value] of html.matchAll(/<(?:input|button)[^>]*name="([^"]*)"[^>]*value="([^"]*)"/g)) fields[name] = value;
  return { action, fields };
}

/** Follows an OpenID Connect server from page to page until it sends the person back. */
export async function throughOpenId(address, { systemUrl, choice }) {
  const cookies = new Cookies();
  let url = new URL(address);
  for (let hop = 0; hop < 12; hop++) {
    if (url.href.startsWith(systemUrl)) return url.href;
    if (url.pathname.includes("/interaction/") && !url.search) url.search = `?${choice}`;
    const reply = await fetch(url, { redirect: "manual", headers: { cookie: cookies.header } });
    cookies.keep(reply);
    const location = reply.headers.get("location");
    assert.ok(location, `${url} answers ${reply.status}: ${(await reply.text()).slice(0, 300)}`);
    url = new URL(location, url);
  }
  throw new Error("the provider sends the person in circles");
}

/** What the page says, without what keeps directions of writing apart. */
export const words = (html) =>
  html
    .replace(/<[^>]*>/g, " ")
    .replace(/[\u2068\u2069]/g, "")
    .replace(/\s+/g, " ");
