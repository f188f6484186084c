// One verification. Every change of state happens here: read, check, change, persist, then speak. What the ledger
// must learn is read off the stored record, tried at once after the answer, and tried again by the alarm.
import { DurableObject } from "cloudflare:workers";
import { hmacHex, randomHex } from "./bytes";
import type { ObjectsEnv } from "./env";
import type { Failure } from "./errors";
import type { Environment } from "./keys";
import { beginDeliveries, completed } from "./events";
import { record } from "./ledger";
import { event, Listeners } from "./listeners";
import type { CreateRequest } from "./request";
import { newProof, sign } from "./signing";
import type { StreamSlotsObject } from "./stream-slots";
import { type Verification, type VerificationView, view } from "./view";

const RECORD = "verification";
const CHALLENGE_SECONDS = 600;
const ATTEMPTS = 5;
const TELL_AGAIN_MS = 2_000;
const TELL_AGAIN_AT_MOST_MS = 300_000;

export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: Failure };

export interface Created {
  replayed: boolean;
  verification: VerificationView;
}

export interface CreateCommand {
  id: string;
  organisationId: string;
  environment: Environment;
  request: CreateRequest;
  fingerprint: string | null;
}

const yes = <T>(value: T): Outcome<T> => ({ ok: true, value });
const no = (code: Failure["code"], message: string, more?: Partial<Failure>): { ok: false; failure: Failure } => ({
  ok: false,
  failure: { code, message, ...more },
});
const NOT_FOUND = no("not_found", "There is nothing here under that id or path.");
const seconds = (): number => Math.floor(Date.now() / 1000);

function sixDigits(): string {
  const draw = new Uint32Array(1);
  do crypto.getRandomValues(draw);
  while (draw[0]! >= 4_294_000_000);
  return String(draw[0]! % 1_000_000).padStart(6, "0");
}

function sameDigest(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

export class VerificationObject extends DurableObject<ObjectsEnv> {
  private state: Verification | undefined;
  private failures = 0;
  private signing: Promise<string> | undefined;
  private readonly listeners = new Listeners(
    (leases) => this.ctx.waitUntil(this.slots().renew(leases)),
    (leases) => this.ctx.waitUntil(this.slots().release(leases)),
  );

  constructor(ctx: DurableObjectState, env: ObjectsEnv) {
    super(ctx, env);
    this.state = ctx.storage.kv.get<Verification>(RECORD);
  }

  async create(command: CreateCommand): Promise<Outcome<Created>> {
    const code = sixDigits();
    const digest = await this.digest(command.id, code);
    if (this.state) {
      if (command.fingerprint === null || this.state.fingerprint !== command.fingerprint) {
        return no("conflict", "This Idempotency-Key was used with another request.");
      }
      return yes({ replayed: true, verification: await this.proven() });
    }
    const now = seconds();
    this.persist({
      ...command,
      status: "pending",
      digest,
      shown: command.environment === "test" ? code : null,
      attemptsRemaining: ATTEMPTS,
      expiresAt: now + CHALLENGE_SECONDS,
      createdAt: now,
      updatedAt: now,
      verifiedAt: null,
      failedAt: null,
      expiredAt: null,
      proof: null,
      sequence: 0,
      revision: 1,
      ledgerRevision: 0,
    });
    return yes({ replayed: false, verification: view(this.state!) });
  }

  async read(organisationId: string, environment: Environment): Promise<Outcome<VerificationView>> {
    return this.owned(organisationId, environment) ? yes(await this.proven()) : NOT_FOUND;
  }

  async submit(organisationId: string, environment: Environment, code: string): Promise<Outcome<VerificationView>> {
    const asked = this.owned(organisationId, environment);
    if (!asked) return NOT_FOUND;
    const digest = await this.digest(asked.id, code);
    // From here to the commit nothing waits: whoever comes first wins.
    const v = this.state!;
    if (v.status === "verified") return no("already_verified", "It is verified already.");
    if (v.status === "failed") return no("too_many_attempts", "All attempts are used. Create a new verification.");
    if (v.status === "expired" || v.expiresAt <= seconds()) {
      return no("challenge_expired", "The challenge has expired. Create a new verification.");
    }
    const now = seconds();
    if (!sameDigest(digest, v.digest)) {
      const attemptsRemaining = v.attemptsRemaining - 1;
      const failed = attemptsRemaining === 0;
      this.change({ attemptsRemaining, ...(failed && { status: "failed", failedAt: now }) });
      return no("invalid_code", "The code is not right.", { attempts_remaining: attemptsRemaining });
    }
    this.change({ status: "verified", verifiedAt: now, proof: newProof(now) });
    return yes(await this.proven());
  }

  override async fetch(request: Request): Promise<Response> {
    const v = this.owned(request.headers.get("X-Organisation")!, request.headers.get("X-Environment") as Environment);
    if (!v) return Response.json(NOT_FOUND.failure, { status: 404 });
    const last = request.headers.get("Last-Event-ID");
    if (v.status !== "pending" && last && Number(last) >= v.sequence) return new Response(null, { status: 204 });
    const lease = randomHex(8);
    if (!(await this.slots().acquire(lease, Number(request.headers.get("X-Streams-Limit"))))) {
      const { failure } = no("rate_limited", "All event streams of this organisation are in use. Close one first.");
      return Response.json(failure, { status: 429 });
    }
    const now = this.state!;
    return new Response(this.listeners.open(lease, this.event("connected", now), now.status !== "pending"));
  }

  override async alarm(): Promise<void> {
    const v = this.state;
    if (!v) return;
    const now = seconds();
    if (v.status === "pending" && v.expiresAt <= now) this.change({ status: "expired", expiredAt: now });
    await this.tell();
  }

  private owned(organisationId: string, environment: Environment): Verification | undefined {
    const v = this.state;
    return v?.organisationId === organisationId && v.environment === environment ? v : undefined;
  }

  /** The view, with its token if it has a proof. A token made here is stored with the next commit. */
  private async proven(): Promise<VerificationView> {
    await this.signed(this.state!);
    return view(this.state!);
  }

  /** Signed once, whoever comes first; RS256 gives the same token to both. */
  private async signed(v: Verification): Promise<Verification> {
    if (v.proof && v.proof.token === null) {
      this.signing ??= sign(this.env, v, v.proof);
      v.proof.token = await this.signing;
      this.state!.proof!.token = v.proof.token;
    }
    return v;
  }

  private change(changes: Partial<Verification>): void {
    const v = this.state!;
    const moved = changes.status !== undefined;
    const counters = { revision: v.revision + 1, sequence: v.sequence + (moved ? 1 : 0), updatedAt: seconds() };
    const next: Verification = { ...v, ...changes, ...counters };
    this.persist(next);
    if (moved) this.listeners.send(this.event("status_changed", next), next.status !== "pending");
  }

  private persist(next: Verification): void {
    this.store(next);
    this.ctx.waitUntil(this.tell());
  }

  /** One commit: the record and the time to wake. */
  private store(next: Verification): void {
    this.state = next;
    this.ctx.storage.kv.put(RECORD, next);
    const owes = next.ledgerRevision < next.revision;
    const own = next.status === "pending" ? next.expiresAt * 1000 : undefined;
    const again = Date.now() + Math.min(TELL_AGAIN_MS * 2 ** this.failures, TELL_AGAIN_AT_MOST_MS);
    const wake = owes ? Math.min(again, own ?? again) : own;
    void (wake === undefined ? this.ctx.storage.deleteAlarm() : this.ctx.storage.setAlarm(wake));
  }

  private async tell(): Promise<void> {
    const told = this.state;
    if (!told || told.ledgerRevision >= told.revision) return;
    try {
      const event = told.status === "verified" ? await completed(this.env, await this.signed(told)) : null;
      const owed = await record(this.env.DB, told, event);
      if (event) await beginDeliveries(this.env, told, event, owed);
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      console.error("the ledger did not take", told.id, error);
      this.store(this.state!);
      return;
    }
    const current = this.state!;
    this.store({ ...current, ledgerRevision: Math.max(current.ledgerRevision, told.revision) });
  }

  private event(name: string, v: Verification): Uint8Array {
    return event(name, v.sequence, { id: v.id, status: v.status, updated_at: v.updatedAt });
  }

  private digest(id: string, code: string): Promise<string> {
    return hmacHex(this.env.ID_SECRET, `${id}\n${code}`);
  }

  private slots(): DurableObjectStub<StreamSlotsObject> {
    return this.env.STREAM_SLOTS.get(this.env.STREAM_SLOTS.idFromName(this.state!.organisationId));
  }
}
