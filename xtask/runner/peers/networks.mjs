// Networks and exchanges with OAuth 2, each with the addresses and shapes of its documentation, and
// as strict: the client proves itself in the documented way, a code is good once, for one address,
// and with the verifier of its challenge. The people who have accounts there sign in by one click.
import { createHash, createHmac, randomBytes } from "node:crypto";
import { answerJson, textOf } from "./wire.mjs";

const random = (bytes = 16) => randomBytes(bytes).toString("hex");
const grant = (token, more = {}) => ({ access_token: token, token_type: "bearer", expires_in: 3600, ...more });
const usual = (error) => [400, { error, error_description: "It is not accepted." }];

const NETWORKS = {
  github: {
    title: "GitHub",
    hosts: ["github.com", "api.github.com"],
    authorize: "/login/oauth/authorize",
    token: "/login/oauth/access_token",
    api: "",
    who: "/user",
    pkce: true,
    // With status 200, as GitHub does.
    refuse: (why) => [200, { error: why === "invalid_client" ? "incorrect_client_credentials" : "bad_verification_code" }],
    grant: (token) => ({ access_token: token, scope: "", token_type: "bearer" }),
    describe: ({ id, username }) => ({ login: username, id: Number(id), type: "User", site_admin: false }),
    account: () => ({ id: String(Number.parseInt(random(4), 16) + 1), username: `somebody-${random(3)}` }),
  },
  facebook: {
    title: "Facebook",
    hosts: ["www.facebook.com", "graph.facebook.com"],
    authorize: "/v23.0/dialog/oauth",
    token: "/v23.0/oauth/access_token",
    api: "/v23.0",
    who: "/me",
    proof: true,
    refuse: (why) => [400, { error: { message: "It is not accepted.", type: "OAuthException", code: why === "invalid_client" ? 1 : 100 } }],
    describe: ({ id, email }) => ({ id, ...(email && { email }) }),
    account: () => ({ id: `1000${Number.parseInt(random(5), 16)}`, email: `somebody.${random(3)}@example.com` }),
  },
  x: {
    title: "X",
    hosts: ["x.com", "api.x.com"],
    authorize: "/i/oauth2/authorize",
    token: "/2/oauth2/token",
    api: "/2",
    who: "/users/me",
    pkce: true,
    basic: true,
    refuse: (why) => (why === "invalid_client" ? [401, { error: "unauthorized_client" }] : usual("invalid_request")),
    describe: ({ id, username }) => ({ data: { id, name: "Somebody", username } }),
    account: () => ({ id: String(Number.parseInt(random(6), 16)), username: `somebody_${random(2)}` }),
  },
  instagram: {
    title: "Instagram",
    hosts: ["www.instagram.com", "api.instagram.com", "graph.instagram.com"],
    authorize: "/oauth/authorize",
    token: "/oauth/access_token",
    api: "/v23.0",
    who: "/me",
    refuse: () => [400, { error_type: "OAuthException", code: 400, error_message: "Matching code was not found or was already used" }],
    grant: (token, { id }) => ({ data: [{ access_token: token, user_id: id, permissions: "instagram_business_basic" }] }),
    describe: ({ id, username }) => ({ user_id: id, username, id: `9${id}` }),
    account: () => ({ id: `1784${Number.parseInt(random(5), 16)}`, username: `some.body.${random(2)}` }),
  },
  tiktok: {
    title: "TikTok",
    hosts: ["www.tiktok.com", "open.tiktokapis.com"],
    authorize: "/v2/auth/authorize/",
    token: "/v2/oauth/token/",
    api: "/v2",
    who: "/user/info/",
    clientName: "client_key",
    // Status 200 is what the service answers.
    refuse: (why) => [200, { error: why, error_description: "It is not accepted.", log_id: random() }],
    grant: (token, { id }) => ({ ...grant(token), open_id: id, scope: "user.info.basic,user.info.profile", refresh_token: random() }),
    describe: ({ id, username }) => ({ data: { user: { open_id: id, username } }, error: { code: "ok", message: "", log_id: random() } }),
    account: () => ({ id: `-000${random()}`, username: `some.body.${random(2)}` }),
  },
  coinbase: {
    title: "Coinbase",
    hosts: ["login.coinbase.com", "api.coinbase.com"],
    authorize: "/oauth2/auth",
    token: "/oauth2/token",
    api: "/v2",
    who: "/user",
    pkce: true,
    refuse: (why) => usual(why),
    describe: ({ id, email }) => ({ data: { id, name: "Somebody", username: null, email, resource: "user", resource_path: "/v2/user" } }),
    account: () => ({ id: `${random(4)}-${random(2)}-5${random(1)}0-9${random(1)}0-${random(6)}`, email: `somebody.${random(3)}@example.com` }),
  },
  kraken: {
    title: "Kraken",
    hosts: ["id.kraken.com", "api.kraken.com"],
    authorize: "/oauth/authorize",
    token: "/oauth/token",
    api: "/oauth",
    who: "/userinfo",
    basic: true,
    refuse: (why) => usual(why),
    describe: ({ id, email }) => ({ email, iiban: id }),
    account: () => ({ id: `AA${random(1)} N84G OZ5B ${random(2)}`.toUpperCase(), email: `somebody.${random(3)}@example.com` }),
  },
};

export const NETWORK_NAMES = Object.keys(NETWORKS);

export class Networks {
  #clients = new Map();
  #accounts = new Map();
  #codes = new Map();
  #tokens = new Map();

  constructor() {
    for (const name of NETWORK_NAMES) {
      this.#clients.set(name, { id: `client-${random(6)}`, secret: random(20) });
      this.#accounts.set(name, []);
    }
  }

  /** Settings of a client at each network. With a base address, the addresses as well. */
  settings(base) {
    return Object.assign({}, ...NETWORK_NAMES.map((name) => this.#settingsOf(name, base)));
  }

  #settingsOf(name, base) {
    const { authorize, token, api, clientName } = NETWORKS[name];
    const prefix = name.toUpperCase();
    const { id, secret } = this.#clients.get(name);
    return {
      [`${prefix}_${(clientName ?? "client_id").toUpperCase()}`]: id,
      [`${prefix}_CLIENT_SECRET`]: secret,
      ...(base && {
        [`${prefix}_AUTHORIZE_URL`]: `${base}/${name}${authorize}`,
        [`${prefix}_TOKEN_URL`]: `${base}/${name}${token}`,
        [`${prefix}_API_URL`]: `${base}/${name}${api}`,
      }),
    };
  }

  /** Somebody opens an account. */
  join(name, account = {}) {
    const joined = { ...NETWORKS[name].account(), ...account };
    this.#accounts.get(name).push(joined);
    return joined;
  }

  /** The hosts of a network, and a server for them. */
  hosts(name) {
    return NETWORKS[name].hosts.map((host) => [host, (request, response, url) => this.#serve(name, request, response, url.pathname, url)]);
  }

  /** A server for all of them below one address: the path begins with the network's name. */
  handler = (request, response, url) => {
    const [, name, rest] = /\/(github|facebook|x|instagram|tiktok|coinbase|kraken)(\/.*)$/.exec(url.pathname) ?? [];
    if (!name) return response.writeHead(404).end();
    return this.#serve(name, request, response, rest, url);
  };

  async #serve(name, request, response, path, url) {
    const network = NETWORKS[name];
    if (path === network.authorize) return this.#authorize(name, response, url);
    if (path === network.token && request.method === "POST") return answerJson(response, ...this.#exchange(name, request, await textOf(request)));
    if (path === network.api + network.who) return answerJson(response, ...this.#who(name, request, url));
    return answerJson(response, 404, { error: "not_found" });
  }

  #authorize(name, response, url) {
    const username = url.searchParams.get("sign_in_as");
    const account = this.#accounts.get(name).find((one) => one.id === username);
    if (url.searchParams.has("refuse")) return redirect(response, this.deny(url.href));
    if (account) return redirect(response, this.signIn(url.href, account));
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(this.#page(name, url));
  }

  #page(name, url) {
    const link = (label, key, value) => {
      const target = new URL(url);
      target.searchParams.set(key, value);
      return `<li><a href="${escaped(target.pathname + target.search)}">${escaped(label)}</a></li>`;
    };
    const accounts = this.#accounts.get(name).map((one) => link(`Continue as ${one.username ?? one.email}`, "sign_in_as", one.id));
    return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
      <title>${NETWORKS[name].title}, played</title><h1>${NETWORKS[name].title}, played</h1>
      <p>This is not ${NETWORKS[name].title} but a server on this machine that answers like it.</p>
      <ul>${accounts.join("")}${link("Cancel", "refuse", "1")}</ul></html>`;
  }

  /** The person signs in; the address that the browser is sent back to. */
  signIn(authorizationUrl, account) {
    const { name, query, back } = this.#request(authorizationUrl);
    const code = random();
    this.#codes.set(code, { name, account, redirectUri: query.get("redirect_uri"), challenge: query.get("code_challenge") });
    back.searchParams.set("code", code);
    return back.href;
  }

  /** The person says no. */
  deny(authorizationUrl) {
    const { back } = this.#request(authorizationUrl);
    back.searchParams.set("error", "access_denied");
    back.searchParams.set("error_description", "The user has denied your application access.");
    return back.href;
  }

  /** A code of another client of the same network. */
  codeOfAnotherClient(name, account, redirectUri) {
    const code = random();
    this.#codes.set(code, { name, account, redirectUri, challenge: null, foreign: true });
    return code;
  }

  #request(authorizationUrl) {
    const url = new URL(authorizationUrl);
    const name = NETWORK_NAMES.find(
      (one) => (NETWORKS[one].hosts.includes(url.hostname) || url.pathname.includes(`/${one}/`)) && url.pathname.endsWith(NETWORKS[one].authorize),
    );
    const network = NETWORKS[name];
    const query = url.searchParams;
    must(network, `no network at ${authorizationUrl}`);
    must(query.get("response_type") === "code", "response_type");
    must(query.get(network.clientName ?? "client_id") === this.#clients.get(name).id, "client");
    must(query.get("state")?.length >= 8, "state");
    must(!network.pkce || query.get("code_challenge_method") === "S256", "S256");
    must(network.pkce || !query.has("code_challenge"), "a challenge where none is known");
    const back = new URL(query.get("redirect_uri"));
    back.searchParams.set("state", query.get("state"));
    return { name, query, back };
  }

  #exchange(name, request, text) {
    const network = NETWORKS[name];
    const form = new URLSearchParams(text);
    const client = this.#clients.get(name);
    const [id, secret] = network.basic
      ? Buffer.from(request.headers.authorization?.replace(/^Basic /, "") ?? "", "base64").toString().split(":")
      : [form.get(network.clientName ?? "client_id"), form.get("client_secret")];
    if (id !== client.id || secret !== client.secret) return network.refuse("invalid_client");
    const known = this.#codes.get(form.get("code"));
    this.#codes.delete(form.get("code"));
    const verifier = form.get("code_verifier");
    const good =
      known &&
      !known.foreign &&
      known.name === name &&
      form.get("grant_type") === "authorization_code" &&
      form.get("redirect_uri") === known.redirectUri &&
      (known.challenge === null ? verifier === null : sha256(verifier ?? "") === known.challenge);
    if (!good) return network.refuse("invalid_grant");
    const token = `token-${random(24)}`;
    this.#tokens.set(token, { name, account: known.account });
    return [200, (network.grant ?? grant)(token, known.account)];
  }

  #who(name, request, url) {
    const token = request.headers.authorization?.replace(/^Bearer /, "");
    const known = this.#tokens.get(token);
    if (known?.name !== name || !request.headers["user-agent"]) return [401, { message: "Bad credentials" }];
    if (NETWORKS[name].proof) {
      const proof = createHmac("sha256", this.#clients.get(name).secret).update(token).digest("hex");
      if (url.searchParams.get("appsecret_proof") !== proof) return [400, { error: { code: 100, type: "GraphMethodException" } }];
    }
    return [200, NETWORKS[name].describe(known.account)];
  }
}

const sha256 = (text) => createHash("sha256").update(text).digest("base64url");
const escaped = (text) => String(text).replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
const redirect = (response, location) => response.writeHead(302, { location }).end();

function must(condition, what) {
  if (!condition) throw new Error(`The authorization request is not as documented: ${what}`);
}
