// The one way out for a tenant's address: its name is resolved first, at every attempt, and every address found has to
// be public; no redirect is followed, and time and size are bounded.
const LIMIT_MS = 15_000;
const BODY_LIMIT = 4_096;
const A = 1;
const AAAA = 28;

export interface Sent {
  status: number | null;
  error: string | null;
  body: string;
  retryAfter: number | null;
}

interface DnsAnswer {
  Answer?: { type: number; data: string }[];
}

const PRIVATE_V4 = [
  ["0.0.0.0", 8], ["10.0.0.0", 8], ["100.64.0.0", 10], ["127.0.0.0", 8], ["169.254.0.0", 16], ["172.16.0.0", 12],
  ["192.0.0.0", 24], ["192.0.2.0", 24], ["192.31.196.0", 24], ["192.52.193.0", 24], ["192.88.99.0", 24],
  ["192.168.0.0", 16], ["192.175.48.0", 24], ["198.18.0.0", 15], ["198.51.100.0", 24], ["203.0.113.0", 24],
  ["224.0.0.0", 4], ["240.0.0.0", 4],
].map(([network, length]) => ({ network: v4(network as string), shift: 32 - (length as number) }));

function v4(address: string): number {
  return address.split(".").reduce((bits, part) => bits * 256 + Number(part), 0);
}

function isPublic({ type, data }: { type: number; data: string }): boolean {
  if (type === A) {
    const bits = v4(data);
    return !PRIVATE_V4.some(({ network, shift }) => Math.floor(bits / 2 ** shift) === Math.floor(network / 2 ** shift));
  }
  return /^[23][0-9a-f]{3}:/i.test(data) && !/^(2001:(0|[0-9a-f]{1,2}|1[0-9a-f]{2}|0?db8)?:|2002:|2620:4f:8000:|3fff:0?[0-9a-f]{0,3}:)/i.test(data);
}

async function addresses(resolver: string, host: string, type: number, signal: AbortSignal) {
  const answer = await fetch(`${resolver}?name=${host}&type=${type}`, { headers: { accept: "application/dns-json" }, signal });
  if (!answer.ok) throw new Error("dns");
  return ((await answer.json()) as DnsAnswer).Answer?.filter((record) => record.type === type) ?? [];
}

async function beginningOf(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  if (!body) return text;
  for await (const chunk of body) {
    text += decoder.decode(chunk.subarray(0, BODY_LIMIT - size), { stream: true });
    size += chunk.byteLength;
    if (size >= BODY_LIMIT) break;
  }
  return text;
}

export async function post(resolvers: string, url: string, headers: HeadersInit, body: string): Promise<Sent> {
  const nothing = { status: null, body: "", retryAfter: null };
  const signal = AbortSignal.timeout(LIMIT_MS);
  const { hostname, protocol } = new URL(url);
  if (protocol !== "https:") return { ...nothing, error: "not_https" };
  try {
    const resolver = resolvers.split(",", 1)[0]!;
    const found = (await Promise.all([A, AAAA].map((type) => addresses(resolver, hostname, type, signal)))).flat();
    if (found.length === 0) return { ...nothing, error: "no_address" };
    if (!found.every(isPublic)) return { ...nothing, error: "private_address" };
    const answer = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
    const retryAfter = Number(answer.headers.get("Retry-After")) || null;
    const text = await beginningOf(answer.body);
    return { status: answer.status, error: answer.ok ? null : "http_status", body: text, retryAfter };
  } catch {
    return { ...nothing, error: signal.aborted ? "timeout" : "unreachable" };
  }
}
