// The made-up person on a developer's machine. It asks for a verification or a session as a tenant
// would, with the demo organisation's live key, and then does what the challenge asks, through the
// real channel.
import { people, sessionPeople } from "./people/index.mjs";
import { tenant } from "../tenant.mjs";
import { answerJson, textOf } from "./wire.mjs";

const MAX_SCENES = 1_000;

export class Play {
  #people;
  #callers;
  #stages;
  #api;

  constructor({ system, key, peers, isReal }) {
    this.#api = tenant(system, key);
    this.#people = people({ system, peers, isReal });
    this.#callers = sessionPeople({ system, peers });
    this.#stages = {
      verifications: new Stage({
        api: this.#api,
        path: "verifications",
        name: "verification",
        request: ({ type, channel }, asset) => ({ type, channel, external_user_id: "somebody", ...asset.request }),
        person: ({ type, channel }) => this.#people[`${type}/${channel}`],
      }),
      sessions: new Stage({
        api: this.#api,
        path: "sessions",
        name: "session",
        request: ({ channel }) => ({ channel, external_user_id: "somebody" }),
        person: ({ channel }) => this.#callers[channel],
      }),
    };
  }

  handler = async (request, response, url) => {
    const body = JSON.parse((await textOf(request)) || "{}");
    const [, , thing, id, verb] = url.pathname.split("/");
    const result = await this.#answer(request.method, thing, id, verb, body);
    if (result === undefined) return response.writeHead(404).end();
    answerJson(response, 200, result);
  };

  #answer(method, thing, id, verb, body) {
    if (method === "GET" && thing === "channels") return this.#channels();
    const stage = this.#stages[thing];
    if (method === "POST" && !id) return stage?.begin(body);
    if (method === "GET" && id && !verb) return stage?.scene(id);
    if (method === "POST" && verb === "answer") return stage?.act(id);
    return undefined;
  }

  async #channels() {
    const { data } = await this.#api("GET", "channels");
    const channels = data.flatMap(({ channel, types, live, missing }) =>
      types.map((type) => ({
        type,
        channel,
        live,
        missing,
        playable: this.#people[`${type}/${channel}`] !== undefined,
        sessions: this.#callers[channel] !== undefined,
      })),
    );
    return { channels };
  }
}

/** One kind of thing that waits for a person. */
class Stage {
  #kind;
  #scenes = new Map();

  constructor(kind) {
    this.#kind = kind;
  }

  async begin(wish) {
    const { api, path, request, person } = this.#kind;
    const asset = await person(wish)?.asset();
    if (!asset) return undefined;
    const { id } = await api("POST", path, request(wish, asset));
    if (this.#scenes.size >= MAX_SCENES) this.#scenes.delete(this.#scenes.keys().next().value);
    this.#scenes.set(id, { asset, said: [] });
    return this.scene(id);
  }

  async scene(id) {
    const { api, path, name, person } = this.#kind;
    const thing = await api("GET", `${path}/${id}`);
    const { asset, said } = this.#scenes.get(id) ?? { said: ["This was begun elsewhere, so nobody plays its person."] };
    const player = thing.status === "pending" && asset ? person(thing) : undefined;
    return { [name]: thing, said, part: player?.part?.(thing, asset), open: player?.open?.(thing, asset) };
  }

  async act(id) {
    const { api, path, person } = this.#kind;
    const scene = this.#scenes.get(id);
    const thing = await api("GET", `${path}/${id}`);
    if (!scene || thing.status !== "pending") return this.scene(id);
    const said = await person(thing)
      .answer(thing, scene.asset, api)
      .catch((error) => `That did not work: ${error.message}`);
    if (said) scene.said.push(said);
    return this.scene(id);
  }
}
