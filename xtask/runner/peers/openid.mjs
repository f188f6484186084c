// An OpenID Connect provider for the channels that use one: the published server of the package
// oidc-provider, with people who sign in by one click. YouTube's answer about channels is beside it.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import Provider, { interactionPolicy } from "oidc-provider";
import { createMemoryAdapter } from "oidc-provider/lib/adapters/memory_adapter.js";

const YOUTUBE_SCOPE = "https://www.googleapis.com/auth/youtube.readonly";
const SCOPES = ["openid", "email", YOUTUBE_SCOPE];
export const OPENID_NAMES = ["google", "linkedin", "youtube"];

const random = (bytes = 16) => randomBytes(bytes).toString("hex");

export class OpenId {
  #base;
  #clients = Object.fromEntries(OPENID_NAMES.map((name) => [name, { id: `client-${random(6)}`, secret: random(20) }]));
  #people = new Map();
  #provider;
  #callback;

  /** `base` is the address below which the handler will be. */
  settings(base) {
    this.#base = base;
    return Object.assign(
      {},
      ...OPENID_NAMES.map((name) => {
        const prefix = name.toUpperCase();
        return {
          [`${prefix}_CLIENT_ID`]: this.#clients[name].id,
          [`${prefix}_CLIENT_SECRET`]: this.#clients[name].secret,
          [`${prefix}_AUTHORIZE_URL`]: `${this.#base}/auth`,
          [`${prefix}_TOKEN_URL`]: `${this.#base}/token`,
          [`${prefix}_API_URL`]: `${this.#base}/youtube`,
          [`${prefix}_KEYS_URL`]: `${this.#base}/jwks`,
          [`${prefix}_ISSUER`]: this.#base,
        };
      }),
    );
  }

  /** Registers the system as a client, at the addresses to which people come back. */
  trust(systemUrl) {
    this.#provider = new Provider(this.#base, this.#configuration(systemUrl));
    this.#callback = this.#provider.callback();
  }

  /** Somebody opens an account: `{ email, emailVerified, channel: { id, handle } }`. */
  join(person = {}) {
    const joined = { sub: random(), email: `somebody.${random(3)}@example.com`, emailVerified: true, ...person };
    this.#people.set(joined.sub, joined);
    return joined;
  }

  handler = async (request, response, url) => {
    if (!this.#callback) return response.writeHead(503).end();
    const prefix = new URL(this.#base).pathname.replace(/\/$/, "");
    const path = url.pathname.slice(prefix.length);
    if (path.startsWith("/interaction/")) return this.#signIn(request, response, url);
    if (path === "/youtube/channels") return this.#channels(request, response);
    // What the server makes of its own address: see "mounting" in its documentation.
    request.originalUrl = request.url;
    request.url = request.url.slice(prefix.length);
    return this.#callback(request, response);
  };

  async #signIn(request, response, url) {
    if (url.searchParams.has("refuse")) {
      return this.#provider.interactionFinished(request, response, { error: "access_denied" });
    }
    const person = this.#people.get(url.searchParams.get("sign_in_as"));
    if (person) {
      const result = { login: { accountId: person.sub, remember: false }, select_account: {} };
      return this.#provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    }
    const links = [...this.#people.values()].map((one) => `<li><a href="?sign_in_as=${one.sub}">Continue as ${escaped(one.email)}</a></li>`);
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(`<!doctype html><html lang="en">
      <meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>Sign in, played</title>
      <h1>Sign in, played</h1><p>An OpenID Connect server on this machine, in the place of the real one.</p>
      <ul>${links.join("")}<li><a href="?refuse=1">Cancel</a></li></ul></html>`);
  }

  async #channels(request, response) {
    const token = request.headers.authorization?.replace(/^Bearer /, "") ?? "";
    const known = await this.#provider.AccessToken.find(token);
    const answer = (status, body) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (!known?.scopes.has(YOUTUBE_SCOPE)) return answer(403, { error: { code: 403, errors: [{ reason: "insufficientPermissions" }] } });
    const { channel } = this.#people.get(known.accountId);
    if (!channel) return answer(200, { kind: "youtube#channelListResponse", pageInfo: { totalResults: 0 } });
    const item = { kind: "youtube#channel", id: channel.id, snippet: { title: "A channel", customUrl: channel.handle } };
    return answer(200, { kind: "youtube#channelListResponse", items: [item] });
  }

  #configuration(systemUrl) {
    const policy = interactionPolicy.base();
    policy.add(new interactionPolicy.Prompt({ name: "select_account", requestable: true }));
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = { ...privateKey.export({ format: "jwk" }), kid: random(4), use: "sig", alg: "RS256" };
    return {
      clients: OPENID_NAMES.map((name) => ({
        client_id: this.#clients[name].id,
        client_secret: this.#clients[name].secret,
        redirect_uris: [`${systemUrl}/connect/callback/${name}`],
        grant_types: ["authorization_code"],
        response_types: ["code"],
        token_endpoint_auth_method: "client_secret_post",
      })),
      jwks: { keys: [key] },
      // Named, because the server warns of it where it is only the default.
      adapter: createMemoryAdapter(0),
      cookies: { keys: [random()] },
      scopes: SCOPES,
      claims: { openid: ["sub"], email: ["email", "email_verified"] },
      // As the real ones do: what the scope allows stands in the ID token.
      conformIdTokenClaims: false,
      pkce: { required: () => false },
      features: { devInteractions: { enabled: false } },
      interactions: { policy, url: (_, interaction) => `${new URL(this.#base).pathname.replace(/\/$/, "")}/interaction/${interaction.uid}` },
      findAccount: (_, sub) => {
        const person = this.#people.get(sub);
        return person && { accountId: sub, claims: () => ({ sub, email: person.email, email_verified: person.emailVerified }) };
      },
      // Whoever signs in agrees.
      async loadExistingGrant({ oidc }) {
        const { client, session, provider } = oidc;
        const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
        grant.addOIDCScope(SCOPES.join(" "));
        await grant.save();
        return grant;
      },
    };
  }
}

const escaped = (text) => String(text).replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
