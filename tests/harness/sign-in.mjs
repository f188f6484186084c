// A person with a browser of few abilities: cookies, redirects and the one form of our page.
import assert from "node:assert/strict";
import { Reply } from "./client.mjs";

const CONNECT = /\/connect\/[0-9a-f]{24}$/;

export class Person {
  #world;
  #cookies = new Map();

  constructor(world) {
    this.#world = world;
  }

  get cookies() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
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
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
    return new Reply(response.status, [...response.headers], await response.text());
  }

  #keep(cookie) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
    if (/max-age=0/i.test(cookie)) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
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
  const cookies = new Map();
  let url = new URL(address);
  for (let hop = 0; hop < 12; hop++) {
    if (url.href.startsWith(systemUrl)) return url.href;
    if (url.pathname.includes("/interaction/") && !url.search) url.search = `?${choice}`;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const reply = await fetch(url, { redirect: "manual", headers: { cookie } });
    for (const line of reply.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      cookies.set(name, value);
    }
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
