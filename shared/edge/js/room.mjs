// Room for large bodies. An isolate has one memory for everything that it works on at once, so what
// it holds of bodies is bounded before any of them is read; who finds no room waits with its body
// unsent, and is sent away after a while.

// All bodies together. The rest of an isolate's memory is the module's.
const MOST_HELD = 22 * 1024 * 1024;
// The platform cuts off a request whose client is gone, and nothing of it runs any more: no answer
// takes as long as this, so that its room is free again.
const LONGEST_MILLISECONDS = 60_000;
const WAIT_MILLISECONDS = 5_000;
const ASK_AGAIN_MILLISECONDS = 20;

export class Room {
  #taken = new Map();

  /** A key to give the room back with, or nothing if there was none in time. */
  async take(bytes) {
    const until = Date.now() + WAIT_MILLISECONDS;
    // Each asks again by a timer of its own: what one request waits for must never be another one's.
    while (this.#held() + bytes > MOST_HELD) {
      if (Date.now() > until) return undefined;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MILLISECONDS));
    }
    const key = Symbol();
    this.#taken.set(key, { bytes, since: Date.now() });
    return key;
  }

  give(key) {
    this.#taken.delete(key);
  }

  #held() {
    const late = Date.now() - LONGEST_MILLISECONDS;
    let sum = 0;
    for (const [key, { bytes, since }] of this.#taken) {
      if (since < late) this.#taken.delete(key);
      else sum += bytes;
    }
    return sum;
  }
}
