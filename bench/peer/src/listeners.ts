// The open event streams of one verification: who listens, what is sent, the heartbeat.
import { utf8 } from "./bytes";

const HEARTBEAT_MS = 30_000;
/** A client that does not read is dropped after this many unread chunks. */
const MAX_UNREAD = 64;
const RETRY_MS = 3_000;
const HEARTBEAT = utf8(": heartbeat\n\n");

interface Listener {
  lease: string;
  controller: ReadableStreamDefaultController<Uint8Array>;
}

export const event = (name: string, id: number, data: unknown): Uint8Array =>
  utf8(`${name === "connected" ? `retry: ${RETRY_MS}\n` : ""}id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);

export class Listeners {
  private readonly all = new Set<Listener>();
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly renew: (leases: string[]) => void,
    private readonly release: (leases: string[]) => void,
  ) {}

  open(lease: string, first: Uint8Array, end: boolean): ReadableStream<Uint8Array> {
    let listener: Listener;
    const source: UnderlyingSource<Uint8Array> = {
      start: (controller) => {
        controller.enqueue(first);
        listener = { lease, controller };
        if (end) {
          controller.close();
          this.release([lease]);
          return;
        }
        this.all.add(listener);
        this.timer ??= setInterval(() => this.beat(), HEARTBEAT_MS);
      },
      cancel: () => {
        if (this.all.delete(listener)) this.release([lease]);
        this.rest();
      },
    };
    return new ReadableStream(source, { highWaterMark: MAX_UNREAD });
  }

  send(chunk: Uint8Array, end: boolean): void {
    const gone: string[] = [];
    for (const listener of this.all) {
      try {
        if ((listener.controller.desiredSize ?? 0) <= 0) throw new Error("nobody reads");
        listener.controller.enqueue(chunk);
        if (!end) continue;
        listener.controller.close();
      } catch (error) {
        listener.controller.error(error);
      }
      this.all.delete(listener);
      gone.push(listener.lease);
    }
    if (gone.length > 0) this.release(gone);
    this.rest();
  }

  private beat(): void {
    this.send(HEARTBEAT, false);
    if (this.all.size > 0) this.renew([...this.all].map((listener) => listener.lease));
  }

  private rest(): void {
    if (this.all.size > 0 || this.timer === undefined) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
