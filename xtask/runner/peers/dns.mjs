// The domains of a made-up person: a resolver (DNS over HTTPS) that knows their records and passes
// every other question on, and the files on their web servers.
import { Response } from "miniflare";

const TXT = 16;
const A = 1;
const ANSWERED = 0x8180;
const NO_SUCH_NAME = 0x8183;
// An address that is public by every list; nothing is ever sent to it, `page` answers first.
const ADDRESS = [45, 60, 255, 1];
const REAL_RESOLVER = "https://cloudflare-dns.com/dns-query";

export const DOMAIN_OF_NOBODY = ".proof-demo.com";

export class Zone {
  #records = new Map();
  #files = new Map();

  settings(baseUrl) {
    return { DOH_URL: `${baseUrl}/dns-query` };
  }

  publishRecord(name, text) {
    this.#records.set(name, text);
  }

  publishFile(url, text) {
    this.#files.set(url, text);
  }

  handler = async (request, response) => {
    const question = await bytesOf(request);
    const { name, type, end } = readQuestion(question);
    if (!isOurs(name)) return this.#pass(question, response);
    const text = this.#records.get(name);
    const data = type === TXT && text !== undefined ? txt(text) : type === A && !name.startsWith("_") ? Buffer.from(ADDRESS) : undefined;
    const flags = data || !name.startsWith("_") ? ANSWERED : NO_SUCH_NAME;
    response.writeHead(200, { "content-type": "application/dns-message" }).end(answer(question.subarray(0, end), flags, type, data));
  };

  async #pass(question, response) {
    const asked = fetch(REAL_RESOLVER, {
      method: "POST",
      headers: { accept: "application/dns-message", "content-type": "application/dns-message" },
      body: question,
      signal: AbortSignal.timeout(4_000),
    });
    const reply = await asked.catch(() => undefined);
    if (!reply) return response.writeHead(502).end();
    response.writeHead(reply.status, { "content-type": "application/dns-message" }).end(Buffer.from(await reply.arrayBuffer()));
  }

  /** The answer of a made-up domain's web server, or nothing if it is somebody else's. */
  page(request) {
    const { hostname, pathname } = new URL(request.url);
    if (!isOurs(hostname)) return undefined;
    const text = this.#files.get(`${hostname}${pathname}`);
    const headers = { "content-type": "text/plain" };
    return text === undefined ? new Response("not here", { status: 404, headers }) : new Response(text, { headers });
  }
}

const isOurs = (name) => name.endsWith(DOMAIN_OF_NOBODY);

async function bytesOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

// RFC 1035, 4.1: a header of twelve bytes, then one question of labels, type and class.
function readQuestion(message) {
  const labels = [];
  let at = 12;
  for (let length = message[at]; length > 0; length = message[at]) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length).toLowerCase());
    at += 1 + length;
  }
  return { name: labels.join("."), type: message.readUInt16BE(at + 1), end: at + 5 };
}

function answer(question, flags, type, data) {
  const message = Buffer.from(question);
  message.writeUInt16BE(flags, 2);
  message.writeUInt16BE(1, 4);
  message.writeUInt16BE(data ? 1 : 0, 6);
  message.writeUInt32BE(0, 8);
  if (!data) return message;
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc00c, 0); // the name is that of the question
  record.writeUInt16BE(type, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(60, 6);
  record.writeUInt16BE(data.length, 10);
  return Buffer.concat([message, record, data]);
}

const txt = (text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text, "latin1")]);
