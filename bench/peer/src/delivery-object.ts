// One delivery of one event to one endpoint. An attempt is written down before it is made, its end in a second commit;
// the alarm tries again, and also makes anew an attempt that left no result.
import { DurableObject } from "cloudflare:workers";
import { hex, utf8 } from "./bytes";
import { type Endpoint, endpointOf, unbase64 } from "./endpoints";
import type { ObjectsEnv } from "./env";
import type { Environment } from "./keys";
import { post, type Sent } from "./outbound";

const RECORD = "delivery";
const ATTEMPTS = 3;
const WAITS_MS = [30_000, 300_000];
/** An attempt without a result is given up for lost after this. */
const LOST_AFTER_MS = 60_000;
const TELL_AGAIN_MS = 2_000;

export interface Delivery {
  id: string;
  endpointId: string;
  organisationId: string;
  environment: Environment;
  eventId: string;
  payload: string;
}

interface State extends Delivery {
  status: "pending" | "delivered" | "failed";
  attempts: number;
  underWay: boolean;
  nextAttemptAt: number | null;
  last: Sent | null;
  revision: number;
  ledgerRevision: number;
}

export class DeliveryObject extends DurableObject<ObjectsEnv> {
  private state: State | undefined;
  private busy = false;

  constructor(ctx: DurableObjectState, env: ObjectsEnv) {
    super(ctx, env);
    this.state = ctx.storage.kv.get<State>(RECORD);
  }

  /** Told again, it answers the same and does nothing. */
  begin(delivery: Delivery): void {
    if (this.state) return;
    this.store({
      ...delivery,
      status: "pending",
      attempts: 0,
      underWay: false,
      nextAttemptAt: Date.now(),
      last: null,
      revision: 1,
      ledgerRevision: 0,
    });
    this.ctx.waitUntil(this.attempt());
  }

  read(organisationId: string, environment: Environment) {
    const d = this.state;
    if (d?.organisationId !== organisationId || d.environment !== environment) return null;
    const { id, endpointId, eventId, status, attempts, last, payload } = d;
    return { id, endpoint_id: endpointId, event_id: eventId, status, attempts, response: last, payload };
  }

  override async alarm(): Promise<void> {
    const d = this.state;
    if (!d || this.busy) return;
    if (d.status === "pending" && d.nextAttemptAt! <= Date.now()) return await this.attempt();
    if (d.ledgerRevision < d.revision) await this.tell();
    // An alarm may ring a moment early, and it rings once.
    else this.store(d);
  }

  private async attempt(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const { id, endpointId, organisationId, environment } = this.state!;
      const endpoint = await endpointOf(this.env, organisationId, environment, endpointId);
      if (!endpoint) return this.end({ status: null, error: "disabled", body: "", retryAfter: null }, true);
      const gate = this.env.ENDPOINT_GATES.get(this.env.ENDPOINT_GATES.idFromName(endpointId));
      const admission = await gate.enter(id);
      if (!admission.enter) return this.change({ nextAttemptAt: Math.ceil(Date.now() + admission.afterMs) });
      const repeated = this.state!.underWay;
      this.change({
        attempts: this.state!.attempts + (repeated ? 0 : 1),
        underWay: true,
        nextAttemptAt: Date.now() + LOST_AFTER_MS,
      });
      const sent = await this.send(endpoint);
      this.ctx.waitUntil(gate.leave(id, sent.status !== null && sent.status !== 410));
      this.end(sent, sent.status === 410);
    } finally {
      this.busy = false;
      await this.tell();
    }
  }

  private async send({ url, secret }: Endpoint): Promise<Sent> {
    const { eventId, payload } = this.state!;
    const timestamp = String(Math.floor(Date.now() / 1000));
    const [standard, plain] = await Promise.all([
      sign(unbase64(secret.slice("whsec_".length)), `${eventId}.${timestamp}.${payload}`),
      sign(utf8(secret), payload),
    ]);
    const headers = {
      "content-type": "application/json",
      "user-agent": "Proof-Webhooks/1.0",
      "webhook-id": eventId,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${btoa(String.fromCharCode(...standard))}`,
      "x-proof-signature": hex(plain),
    };
    return await post(this.env.DOH_URL ?? this.env.DOH_URLS, url, headers, payload);
  }

  private end(last: Sent, over: boolean): void {
    const { attempts } = this.state!;
    const wait = over ? undefined : WAITS_MS[attempts - 1];
    if (last.error === null) return this.change({ status: "delivered", underWay: false, nextAttemptAt: null, last });
    if (wait === undefined || attempts >= ATTEMPTS) {
      return this.change({ status: "failed", underWay: false, nextAttemptAt: null, last });
    }
    const jittered = Math.max(wait * (0.8 + Math.random() * 0.4), (last.retryAfter ?? 0) * 1000);
    this.change({ underWay: false, nextAttemptAt: Date.now() + jittered, last });
  }

  private change(changes: Partial<State>): void {
    const d = this.state!;
    this.store({ ...d, ...changes, revision: d.revision + 1 });
  }

  /** One commit: the record and the time to wake. */
  private store(next: State): void {
    this.state = next;
    this.ctx.storage.kv.put(RECORD, next);
    const owes = next.ledgerRevision < next.revision ? Date.now() + TELL_AGAIN_MS : null;
    const wake = next.nextAttemptAt ?? owes;
    void (wake === null ? this.ctx.storage.deleteAlarm() : this.ctx.storage.setAlarm(wake));
  }

  private async tell(): Promise<void> {
    const told = this.state!;
    if (told.ledgerRevision >= told.revision) return;
    const now = Math.floor(Date.now() / 1000);
    const row = this.env.DB.prepare(
      `UPDATE webhook_deliveries SET status = ?2, attempts = ?3, response_status = ?4, error = ?5,
         next_attempt_at = ?6, updated_at = ?7, revision = ?8
       WHERE id = ?1 AND revision < ?8`,
    ).bind(
      told.id,
      told.status,
      told.attempts,
      told.last?.status ?? null,
      told.last?.error ?? null,
      told.nextAttemptAt && Math.floor(told.nextAttemptAt / 1000),
      now,
      told.revision,
    );
    try {
      await this.env.DB.batch([row, ...this.health(told, now)]);
    } catch (error) {
      console.error("the ledger did not take", told.id, error);
      return this.store(this.state!);
    }
    this.store({ ...this.state!, ledgerRevision: told.revision });
  }

  /** What the endpoint's row learns; of one success a minute and of every failure. */
  private health(told: State, now: number): D1PreparedStatement[] {
    if (!told.last) return [];
    const text =
      told.last.error === null
        ? `UPDATE webhook_endpoints SET failures = 0, failing_since = NULL, last_success_at = ?2
           WHERE id = ?1 AND (failing_since IS NOT NULL OR last_success_at IS NULL OR last_success_at < ?2 - 60)`
        : `UPDATE webhook_endpoints SET failures = failures + 1, failing_since = coalesce(failing_since, ?2),
             enabled = CASE WHEN ?3 = 410 OR failing_since < ?2 - 432000 THEN 0 ELSE enabled END
           WHERE id = ?1`;
    const statement = this.env.DB.prepare(text);
    const values = [told.endpointId, now, ...(told.last.error === null ? [] : [told.last.status])];
    return [statement.bind(...values)];
  }
}

async function sign(secret: Uint8Array, text: string): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8(text)));
}
