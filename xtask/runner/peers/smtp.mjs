// A mail server that is not ours: npm's smtp-server with a certificate made for this run, which reads
// what arrives with mailparser. It can be slow, refuse, or hang up in the middle.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import net from "node:net";
import { promisify } from "node:util";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

export const HOST = "localhost";

/** A self-signed certificate and its key for `localhost`, in PEM. */
export async function certificate(name = HOST) {
  const { stdout } = await promisify(execFile)("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
    ...["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`, "-keyout", "-", "-out", "-"],
  ]);
  const part = (kind) => new RegExp(`-----BEGIN ${kind}-----[^]+?-----END ${kind}-----`).exec(stdout)[0];
  return { key: part("PRIVATE KEY"), cert: part("CERTIFICATE") };
}

export class SmtpPeer {
  /** Everything that was accepted: `{envelope, raw, mail}`. */
  received = [];
  /** What was done, in words: `login`, `from`, `to`, `data`. */
  steps = [];
  /** Set to answer otherwise: each gets the address or the message, and throws or returns an error. */
  refuse = {};
  #options;
  #server;
  #username = "proof";
  #password = randomBytes(12).toString("hex");

  /** `security`: `starttls`, `tls` or `none`; `methods`: what AUTH offers. */
  constructor({ security = "starttls", methods = ["PLAIN"], tls, hidden = [] }) {
    this.#options = { security, methods, tls, hidden };
  }

  async start() {
    const { security, methods, tls, hidden } = this.#options;
    this.#server = new SMTPServer({
      ...tls,
      secure: security === "tls",
      authMethods: methods,
      disabledCommands: [...(security === "none" ? ["STARTTLS"] : []), ...hidden],
      disableReverseLookup: true,
      onAuth: (auth, session, callback) => {
        this.steps.push("login");
        const right = auth.username === this.#username && auth.password === this.#password;
        callback(right ? null : failure(535, "Authentication failed"), right ? { user: auth.username } : undefined);
      },
      onMailFrom: ({ address }, session, callback) => this.#step("from", address, session, callback),
      onRcptTo: ({ address }, session, callback) => this.#step("to", address, session, callback),
      onData: (stream, session, callback) => this.#take(stream, session, callback),
    });
    // A client that does not trust us breaks the handshake; that is its right.
    this.#server.on("error", () => {});
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  settings() {
    return {
      EMAIL_PROVIDER: "smtp",
      EMAIL_FROM: "Proof <no-reply@proof-of-tests.com>",
      SMTP_HOST: HOST,
      SMTP_PORT: String(this.#server.server.address().port),
      SMTP_SECURITY: this.#options.security === "tls" ? "tls" : "starttls",
      SMTP_USERNAME: this.#username,
      SMTP_PASSWORD: this.#password,
    };
  }

  async stop() {
    await new Promise((resolve) => this.#server.close(resolve));
  }

  to(address) {
    return this.received.filter(({ envelope }) => envelope.rcptTo.some((one) => one.address === address));
  }

  #step(name, value, session, callback) {
    this.steps.push(name);
    Promise.resolve(this.refuse[name]?.(value, session)).then((error) => callback(error ?? null), callback);
  }

  async #take(stream, session, callback) {
    this.steps.push("data");
    if (this.refuse.hangUp?.(session)) {
      stream.once("data", () => this.#server.connections.forEach((one) => one._socket.destroy()));
      return;
    }
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    const mail = await simpleParser(raw);
    const error = await this.refuse.data?.(mail, session);
    if (!error) this.received.push({ envelope: session.envelope, secure: session.secure, raw: raw.toString(), mail });
    callback(error ?? null);
  }
}

/** An answer of this code. */
export function failure(code, text) {
  return Object.assign(new Error(text), { responseCode: code });
}

/** A server that says what it is told to, word for word, and keeps what it heard. */
export async function scripted(answer) {
  const heard = [];
  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.write(answer(""));
    socket.on("data", (chunk) => {
      heard.push(chunk.toString("latin1"));
      const reply = answer(chunk.toString("latin1"));
      if (reply) socket.write(reply);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { heard, port: server.address().port, stop: () => new Promise((resolve) => server.close(resolve)) };
}
