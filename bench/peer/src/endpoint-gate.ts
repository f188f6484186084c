// One object per endpoint: how many deliveries may be at it at once. A receiver that does not answer gets few, nobody
// stands in front of it, and whoever is sent away is told when its turn is likely. All of it is memory: whoever is
// inside and does not come out is taken for gone.
import { DurableObject } from "cloudflare:workers";
import type { ObjectsEnv } from "./env";

const MANY = 16;
const FEW = 2;
const FAILURES = 5;
const STANDING = 64;
const STANDING_MS = 1_500;
const LONGEST_ATTEMPT_MS = 30_000;
const LONGEST_WAIT_SECONDS = 300;

export type Admission = { enter: true } | { enter: false; afterMs: number };

interface Standing {
  id: string;
  admit: (admission: Admission) => void;
  timer: ReturnType<typeof setTimeout>;
}

export class EndpointGateObject extends DurableObject<ObjectsEnv> {
  private readonly inside = new Map<string, number>();
  private readonly away = new Map<string, number>();
  private standing: Standing[] = [];
  private failures = 0;
  /** How long an attempt takes, by the last ones. */
  private usual = 200;

  async enter(id: string): Promise<Admission> {
    const now = Date.now();
    for (const [held, since] of this.inside) if (now - since > LONGEST_ATTEMPT_MS) this.inside.delete(held);
    if (this.inside.has(id) || this.inside.size + this.standing.length < this.room()) return this.admitted(id);
    if (this.failures >= FAILURES || this.standing.length >= STANDING) return this.sentAway(id);
    return await new Promise((admit) => {
      const timer = setTimeout(() => {
        this.standing = this.standing.filter((other) => other.id !== id);
        admit(this.sentAway(id));
      }, STANDING_MS);
      this.standing.push({ id, admit, timer });
    });
  }

  leave(id: string, reached: boolean): void {
    const since = this.inside.get(id);
    if (since !== undefined) this.usual = (this.usual * 7 + Math.max(1, Date.now() - since)) / 8;
    this.inside.delete(id);
    this.failures = reached ? 0 : this.failures + 1;
    while (this.standing.length > 0 && this.inside.size < this.room()) {
      const next = this.standing.shift()!;
      clearTimeout(next.timer);
      next.admit(this.admitted(next.id));
    }
  }

  private room(): number {
    return this.failures < FAILURES ? MANY : FEW;
  }

  private admitted(id: string): Admission {
    this.away.delete(id);
    this.inside.set(id, Date.now());
    return { enter: true };
  }

  private sentAway(id: string): Admission {
    const now = Date.now();
    for (const [other, back] of this.away) if (back + 2_000 * LONGEST_WAIT_SECONDS < now) this.away.delete(other);
    this.away.delete(id);
    const ahead = this.away.size + this.standing.length + 1;
    const seconds = Math.min(Math.max((ahead * this.usual) / this.room() / 1_000, 1), LONGEST_WAIT_SECONDS);
    this.away.set(id, now + seconds * 1_000);
    // Those that are sent away together must not come back together.
    return { enter: false, afterMs: seconds * 1_000 * (1 + Math.random() / 4) };
  }
}
