// One object per endpoint: how many deliveries may be under way to it at once, and whether it is worth trying. All of
// it is memory: whoever holds a place and dies loses it when its lease ends.
import { DurableObject } from "cloudflare:workers";
import type { ObjectsEnv } from "./env";

const PLACES = 16;
const LEASE_MS = 30_000;
const WAITING_AT_MOST = 10_000;
const OPEN_AFTER = 5;
const REST_MS = 10_000;

export type Admission = { enter: true } | { enter: false; afterMs: number };

export class EndpointGateObject extends DurableObject<ObjectsEnv> {
  private readonly leases = new Map<string, number>();
  private readonly waiting: { id: string; admit: (admission: Admission) => void }[] = [];
  private failures = 0;
  private restsUntil = 0;

  async enter(id: string): Promise<Admission> {
    const now = Date.now();
    if (this.restsUntil > now) return { enter: false, afterMs: this.restsUntil - now };
    for (const [held, until] of this.leases) {
      if (until > now) break;
      this.leases.delete(held);
    }
    if (this.leases.size < PLACES) return this.admitted(id);
    if (this.waiting.length >= WAITING_AT_MOST) return { enter: false, afterMs: REST_MS };
    return await new Promise((admit) => this.waiting.push({ id, admit }));
  }

  leave(id: string, succeeded: boolean): void {
    this.leases.delete(id);
    this.failures = succeeded ? 0 : this.failures + 1;
    if (this.failures >= OPEN_AFTER) {
      this.restsUntil = Date.now() + REST_MS;
      for (const { admit } of this.waiting.splice(0)) admit({ enter: false, afterMs: REST_MS });
      return;
    }
    const next = this.waiting.shift();
    next?.admit(this.admitted(next.id));
  }

  private admitted(id: string): Admission {
    this.leases.set(id, Date.now() + LEASE_MS);
    return { enter: true };
  }
}
