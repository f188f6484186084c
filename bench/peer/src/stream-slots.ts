// One object per tenant counts its open event streams. A slot is a lease: a stream that is not renewed frees it.
import { DurableObject } from "cloudflare:workers";
import type { ObjectsEnv } from "./env";

const LEASE_MS = 90_000;

export class StreamSlotsObject extends DurableObject<ObjectsEnv> {
  private readonly leases = new Map<string, number>();

  acquire(lease: string, limit: number): boolean {
    const now = Date.now();
    if (this.leases.size >= limit) {
      for (const [held, until] of this.leases) if (until <= now) this.leases.delete(held);
      if (this.leases.size >= limit) return false;
    }
    this.leases.set(lease, now + LEASE_MS);
    return true;
  }

  renew(leases: string[]): void {
    const until = Date.now() + LEASE_MS;
    for (const lease of leases) this.leases.set(lease, until);
  }

  release(leases: string[]): void {
    for (const lease of leases) this.leases.delete(lease);
  }
}
