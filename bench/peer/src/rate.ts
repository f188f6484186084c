// Requests a minute. The platform's binding decides; the numbers in the headers are this isolate's own count.
import type { Context } from "hono";
import type { DoorEnv } from "./env";
import { fail } from "./errors";

const WINDOW_SECONDS = 60;
const TRACKED = 10_000;

let window = 0;
const counts = new Map<string, number>();

function count(who: string, seconds: number): number {
  const current = Math.floor(seconds / WINDOW_SECONDS);
  if (current !== window || counts.size > TRACKED) {
    window = current;
    counts.clear();
  }
  const used = (counts.get(who) ?? 0) + 1;
  counts.set(who, used);
  return used;
}

export async function admit(c: Context, limiter: RateLimit, limit: number, who: string): Promise<void> {
  const seconds = Math.floor(Date.now() / 1000);
  const used = count(who, seconds);
  const reset = WINDOW_SECONDS - (seconds % WINDOW_SECONDS);
  const { success } = await limiter.limit({ key: who });
  c.header("RateLimit-Limit", String(limit));
  c.header("RateLimit-Remaining", String(success ? Math.max(0, limit - used) : 0));
  c.header("RateLimit-Reset", String(reset));
  c.header("RateLimit-Policy", `${limit};w=${WINDOW_SECONDS}`);
  if (success) return;
  c.header("Retry-After", String(reset));
  throw fail("rate_limited", "Too many requests. Wait before the next one.");
}

/** The smallest tier that holds an organisation's limit; 0 means that it is not metered. */
export function tierOf(env: DoorEnv, perMinute: number): { limiter: RateLimit; limit: number } | null {
  if (perMinute === 0) return null;
  if (perMinute <= 100) return { limiter: env.RATE_STANDARD, limit: 100 };
  if (perMinute <= 1000) return { limiter: env.RATE_PLUS, limit: 1000 };
  return { limiter: env.RATE_SCALE, limit: 10_000 };
}
