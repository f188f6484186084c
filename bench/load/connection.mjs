// One keep-alive HTTP/1.1 connection with one request in flight. Small on purpose: the load generator must cost
// less than what it measures. Never reuses a connection after a broken answer.
import { connect } from "node:net";

const HEAD_END = Buffer.from("\r\n\r\n");

/** The server hung up on a request. */
export class HungUp extends Error {}

export class Connection {
  #socket;
  #pending = null;
  #received = Buffer.alloc(0);

  static open({ hostname, port }) {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true }, () => {
        socket.off("error", reject);
        resolve(new Connection(socket));
      });
      socket.once("error", reject);
    });
  }

  constructor(socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", (error) => this.#broken(new HungUp(error.message)));
    socket.on("close", () => this.#broken(new HungUp("the server closed the connection")));
  }

  /** @returns {Promise<{status: number, head: string, body: Buffer}>} */
  request(bytes) {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new Error("the connection is closed"));
      this.#pending = { resolve, reject };
      this.#socket.write(bytes);
    });
  }

  close() {
    this.#socket.destroy();
  }

  #receive(chunk) {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    if (!this.#pending) return this.#broken(new Error("an answer that nobody asked for"));
    const answer = parse(this.#received);
    if (!answer) return;
    this.#received = Buffer.alloc(0);
    const { resolve } = this.#pending;
    this.#pending = null;
    resolve(answer);
  }

  #broken(error) {
    this.#socket.destroy();
    this.#pending?.reject(error);
    this.#pending = null;
  }
}

function parse(bytes) {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return null;
  const head = bytes.latin1Slice(0, end);
  const status = Number(head.slice(9, 12));
  const start = end + HEAD_END.length;
  const length = /^content-length: *(\d+)/im.exec(head);
  if (length) {
    const stop = start + Number(length[1]);
    return bytes.length < stop ? null : { status, head, body: bytes.subarray(start, stop) };
  }
  if (!/^transfer-encoding: *chunked/im.test(head)) return { status, head, body: bytes.subarray(start) };
  const body = unchunk(bytes, start);
  return body && { status, head, body };
}

function unchunk(bytes, at) {
  const parts = [];
  for (;;) {
    const line = bytes.indexOf("\r\n", at);
    if (line < 0) return null;
    const size = parseInt(bytes.latin1Slice(at, line), 16);
    const next = line + 2 + size + 2;
    if (bytes.length < next) return null;
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = next;
  }
}
