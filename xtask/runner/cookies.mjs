// The cookies of one place, as a browser keeps them.

export class Cookies {
  #kept = new Map();

  /** What is sent along; empty if there are none. */
  get header() {
    return [...this.#kept].map((pair) => pair.join("=")).join("; ");
  }

  /** Takes what an answer sets, and drops what it takes away. */
  keep(response) {
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/max-age=0/i.test(line)) this.#kept.delete(name);
      else this.#kept.set(name, value);
    }
  }
}
