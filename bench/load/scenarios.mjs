// The benched routes: what is sent, which status is right, and how a sampled answer is checked in full.
// Every answer's status is checked; the sample is checked after the window, so that checking costs no measured time.
import { createLocalJWKSet, jwtVerify } from "jose";
import { API, createMessage, message, submitMessage } from "./messages.mjs";

const POOL = 256;
/** Challenges live ten minutes; what a round left over is not used much later. */
const FRESH_MS = 5 * 60_000;

function demand(condition, what) {
  if (!condition) throw new Error(what);
}

async function demandProof(system, token, id) {
  const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(system.jwks), {
    algorithms: ["RS256"],
    subject: id,
  });
  demand(protectedHeader.typ === "proof+jwt", "the proof has another typ");
  demand(payload.exp - payload.iat === 30 * 24 * 3600, "the proof does not live 30 days");
  demand(payload.env === "test" && payload.type === "email" && payload.channel === "email", "the proof says other things");
}

const turns = (list, make) => {
  demand(list.length > 0, "nothing to ask for: the rows before this one made nothing");
  let turn = 0;
  return () => {
    const about = list[turn++ % list.length];
    return { bytes: make(about), about };
  };
};

/** What a system has to work with; filled by the create and submit rows, read by the others. */
export const emptyPools = () => ({ fresh: [], waiting: [], proofs: [] });

export const ROWS = [
  {
    name: "create",
    title: "`POST /verifications`",
    status: 201,
    source: (system) => () => ({ bytes: createMessage(system) }),
    keep(system, answer) {
      const { id, challenge } = JSON.parse(answer.body);
      system.pools.fresh.push({ id, code: challenge.code, made: Date.now() });
    },
    settle(system) {
      const { fresh } = system.pools;
      system.pools.waiting = fresh.splice(-Math.min(POOL, Math.ceil(fresh.length / 2)));
    },
    check(_system, answer) {
      const body = JSON.parse(answer.body);
      demand(/^[0-9a-f]{24}$/.test(body.id) && body.status === "pending" && body.test_mode === true, "not a new verification");
      demand(/^\d{6}$/.test(body.challenge.code) && body.challenge.attempts_remaining === 5, "not a fresh challenge");
    },
  },
  {
    name: "get",
    title: "`GET /verifications/:id`",
    status: 200,
    source: (system) =>
      turns(system.pools.waiting, ({ id }) => message(system, "GET", `${API}/verifications/${id}`)),
    check(_system, answer, about) {
      const body = JSON.parse(answer.body);
      demand(body.id === about.id && body.status === "pending" && body.challenge.code === about.code, "another verification");
    },
  },
  {
    name: "submit",
    title: "`POST …/:id/submit` → verified",
    status: 200,
    once: true,
    source: (system) => () => {
      const { fresh } = system.pools;
      if (fresh.length > 0 && fresh.at(-1).made < Date.now() - FRESH_MS) fresh.length = 0;
      const about = fresh.pop();
      return about && { bytes: submitMessage(system, about), about };
    },
    keep(system, answer, about) {
      const { proofs } = system.pools;
      if (proofs.length >= POOL) return;
      const { proof } = JSON.parse(answer.body);
      proofs.push({ id: about.id, token: proof.token });
    },
    async check(system, answer, about) {
      const body = JSON.parse(answer.body);
      demand(body.id === about.id && body.status === "verified", "not verified");
      await demandProof(system, body.proof.token, about.id);
    },
  },
  {
    name: "validate",
    title: "`POST /proofs/validate`",
    status: 200,
    source: (system) =>
      turns(system.pools.proofs, ({ token }) =>
        message(system, "POST", `${API}/proofs/validate`, { proof_token: token })),
    check(_system, answer, about) {
      const body = JSON.parse(answer.body);
      demand(body.valid === true && body.verification.id === about.id, "not valid");
    },
  },
  {
    name: "status",
    title: "`GET /proofs/:id/status`",
    status: 200,
    source: (system) => turns(system.pools.proofs, ({ id }) => message(system, "GET", `${API}/proofs/${id}/status`)),
    check(_system, answer, about) {
      const body = JSON.parse(answer.body);
      demand(body.proof_id === about.id && body.is_valid === true && body.is_revoked === false, "another status");
    },
  },
  {
    name: "jwks",
    title: "`GET /.well-known/jwks.json`",
    status: 200,
    source: (system) => () => ({ bytes: message(system, "GET", "/.well-known/jwks.json") }),
    check(system, answer) {
      demand(JSON.stringify(JSON.parse(answer.body).keys) === JSON.stringify(system.jwks.keys), "other keys");
    },
  },
];
