// The compiled module and its running instance. After a panic or a trap an instance's memory is not
// to be trusted: everybody who waits for it is told, nobody reaches it again, and a fresh one takes
// its place.

/** What whoever waits for an instance is told when it broke. */
export class Broken extends Error {}

class Instance {
  glue;
  #why;
  #waiting = new Set();

  constructor(wasm, makeParts) {
    const { glue, imports } = makeParts();
    for (const part of Object.values(imports)) part.belongTo?.(this);
    const { exports } = new WebAssembly.Instance(wasm, imports);
    glue.__wbg_set_wasm(exports);
    exports.__wbindgen_start?.();
    this.glue = glue;
  }

  /** Gives what the work gives: a value, or a promise that is rejected if the instance breaks. */
  call(work) {
    if (this.broken) throw new Broken(this.#why);
    let outcome;
    try {
      outcome = work(this.glue);
    } catch (error) {
      this.break(String(error?.stack ?? error));
      throw new Broken(this.#why);
    }
    return outcome instanceof Promise ? this.#unlessBroken(outcome) : outcome;
  }

  get broken() {
    return this.#why !== undefined;
  }

  // Also called from below: a panic, or a trap while a promise settled, has nobody above it to throw
  // at. A panic says why before it traps: the first reason is the one to know.
  break(message) {
    this.#why ??= message;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const reject of waiting) reject(new Broken(this.#why));
  }

  // Not `Promise.race`: a race against a promise that never settles is never forgotten.
  #unlessBroken(outcome) {
    if (this.broken) throw new Broken(this.#why);
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      const settle = (pass) => (value) => {
        this.#waiting.delete(reject);
        pass(value);
      };
      outcome.then(settle(resolve), settle(reject));
    });
  }
}

export class Module {
  #make;
  #instance;

  /** `makeParts` gives each instance glue of its own, and what it imports. */
  constructor(wasm, makeParts) {
    this.#make = () => new Instance(wasm, makeParts);
    this.#instance = this.#make();
  }

  /** The instance that serves whoever comes now. */
  get instance() {
    if (this.#instance.broken) this.#instance = this.#make();
    return this.#instance;
  }
}
