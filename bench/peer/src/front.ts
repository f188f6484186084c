// The peer's front Worker: health, and 404 for what nobody else owns.
import { HonoBase } from "hono/hono-base";
import { RegExpRouter } from "hono/router/reg-exp-router";
import type { FrontEnv } from "./env";

const app = new HonoBase<{ Bindings: FrontEnv }>({ router: new RegExpRouter() });

app.get("/health", async (c) => {
  const ledger = await c.env.DB.prepare("SELECT 1 FROM organisations LIMIT 1").run().then(() => "ok", () => "unreachable");
  const { keys } = JSON.parse(c.env.PROOF_JWKS) as { keys: unknown[] };
  return c.json({ status: ledger === "ok" && keys.length > 0 ? "ok" : "degraded", ledger, keys: keys.length });
});

app.notFound((c) => c.json({ error: { code: "not_found", message: "There is nothing here under that id or path." } }, 404));

export default app;
