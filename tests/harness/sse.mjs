// A reader of live events over fetch streaming. It understands just enough of the format to notice
// when the server gets it wrong.
import assert from "node:assert/strict";
import { eventually } from "./poll.mjs";

/** Opens the stream of one verification. `query` and `headers` as given; `key: null` sends no key. */
export async function openStream(client, path, { headers = {}, key = client.key, query = "" } = {}) {
  const abort = new AbortController();
  const url = client.address(path) + query;
  const sent = { accept: "text/event-stream", ...(key ? { authorization: `Bearer ${key}` } : {}), ...headers };
  const response = await fetch(url, { headers: sent, signal: abort.signal });
  const stream = new EventStream(response, abort);
  if (stream.isOpen) stream.read();
  else stream.reply.text = await response.text();
  client.observe("GET", url, sent, stream.reply);
  return stream;
}

class EventStream {
  events = [];
  comments = [];
  ended = false;
  #abort;
  #response;
  #taken = 0;

  constructor(response, abort) {
    this.#response = response;
    this.#abort = abort;
    this.status = response.status;
    this.headers = response.headers;
    const stream = this;
    this.reply = {
      status: response.status,
      headers: response.headers,
      requestId: response.headers.get("x-request-id"),
      text: "",
      get body() {
        return JSON.parse(stream.reply.text);
      },
    };
  }

  get isOpen() {
    return this.status === 200;
  }

  async read() {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    let rest = "";
    try {
      for await (const chunk of this.#response.body) {
        const text = decoder.decode(chunk, { stream: true });
        this.reply.text += text;
        const blocks = (rest + text).split("\n\n");
        rest = blocks.pop();
        for (const block of blocks) this.#take(block);
      }
    } catch (error) {
      this.error = error;
    }
    this.ended = true;
  }

  #take(block) {
    const event = { event: "message", data: [] };
    for (const line of block.split("\n")) {
      if (line.startsWith(":")) {
        this.comments.push({ text: line.slice(1).trim(), at: Date.now() });
        continue;
      }
      const [, name, value] = /^([a-z]+):? ?(.*)$/s.exec(line) ?? [];
      if (name === "data") event.data.push(value);
      else if (name) event[name] = value;
    }
    if (event.data.length === 0) return;
    assert.equal(event.data.length, 1, "one data line an event");
    this.events.push({ ...event, data: JSON.parse(event.data[0]), at: Date.now() });
  }

  /** The next event, in order. */
  async next(within = 5_000) {
    return await eventually("the next live event", () => (this.events.length > this.#taken ? this.events[this.#taken++] : null), {
      within,
      every: 10,
    });
  }

  /** Fails if the server does not close the stream. */
  async closed(within = 5_000) {
    await eventually("the end of the stream", () => this.ended, { within, every: 10 });
    assert.equal(this.error, undefined, "the stream ended in order");
  }

  /** Vanishes, as a browser does whose tab is closed. */
  drop() {
    this.#abort.abort();
  }
}
