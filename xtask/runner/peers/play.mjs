// The made-up person on a developer's machine. It asks for a verification as a tenant would, with
// the demo organisation's live key, and then does what the challenge asks, through the real channel.
import { people } from "./people/index.mjs";

const MAX_SCENES = 1_000;

export class Play {
  #system;
  #key;
  #people;
  #scenes = new Map();

  constructor({ system, key, peers }) {
    this.#system = system;
    this.#key = key;
    this.#people = people({ system, peers });
  }

  handler = async (request, response, url) => {
    const body = JSON.parse((await textOf(request)) || "{}");
    const [, , thing, id, verb] = url.pathname.split("/");
    const result = await this.#answer(request.method, thing, id, verb, body);
    if (result === undefined) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(result));
  };

  #answer(method, thing, id, verb, body) {
    if (method === "GET" && thing === "channels") return this.#channels();
    if (thing !== "verifications") return undefined;
    if (method === "POST" && !id) return this.#begin(body);
    if (method === "GET" && id && !verb) return this.#scene(id);
    if (method === "POST" && verb === "answer") return this.#act(id);
    return undefined;
  }

  async #channels() {
    const { data } = await this.#api("GET", "channels");
    const channels = data.flatMap(({ channel, types, live, missing }) =>
      types.map((type) => ({ type, channel, live, missing, playable: this.#person(type, channel) !== undefined })),
    );
    return { channels };
  }

  async #begin({ type, channel }) {
    const person = this.#person(type, channel);
    if (!person) return undefined;
    const asset = await person.asset();
    const { id } = await this.#api("POST", "verifications", { type, channel, external_user_id: "somebody", ...asset.request });
    if (this.#scenes.size >= MAX_SCENES) this.#scenes.delete(this.#scenes.keys().next().value);
    this.#scenes.set(id, { asset, said: [] });
    return this.#scene(id);
  }

  async #scene(id) {
    const verification = await this.#api("GET", `verifications/${id}`);
    const { asset, said } = this.#scenes.get(id) ?? { said: ["This verification was begun elsewhere, so nobody plays its person."] };
    const pending = verification.status === "pending" && asset;
    const person = this.#person(verification.type, verification.channel);
    return {
      verification,
      said,
      part: pending && person.part ? person.part(verification, asset) : undefined,
      open: pending && person.open ? person.open(verification, asset) : undefined,
    };
  }

  async #act(id) {
    const scene = this.#scenes.get(id);
    const verification = await this.#api("GET", `verifications/${id}`);
    if (!scene || verification.status !== "pending") return this.#scene(id);
    const person = this.#person(verification.type, verification.channel);
    const said = await person.answer(verification, scene.asset, (...ask) => this.#api(...ask)).catch((error) => `That did not work: ${error.message}`);
    if (said) scene.said.push(said);
    return this.#scene(id);
  }

  #person(type, channel) {
    return this.#people[`${type}/${channel}`];
  }

  async #api(method, path, body) {
    const reply = await fetch(`${this.#system.url}/api/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#key}`, ...(body && { "content-type": "application/json" }) },
      body: body && JSON.stringify(body),
    });
    const answer = await reply.json();
    if (!reply.ok) throw new Error(answer.error?.message ?? `status ${reply.status}`);
    return answer;
  }
}

async function textOf(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}
