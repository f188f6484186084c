// Steps of verification requests: make one, prove an asset in test mode, and do what the person does
// on the page, by its forms alone.
import { eventually } from "./poll.mjs";
import { freshEmail } from "./steps.mjs";

export const emailAsset = (more = {}) => ({ type: "email", identifier: freshEmail(), ...more });

/** `assets`: how many e-mail addresses, or what is asked for. */
export async function createRequest(client, assets = 1, more = {}, options = {}) {
  const list = typeof assets === "number" ? Array.from({ length: assets }, () => emailAsset()) : assets;
  return (await client.post("verification-requests", { assets: list, ...more }, options)).expect(201).body;
}

export const readRequest = async (client, id) => (await client.get(`verification-requests/${id}`)).expect(200).body;

export const cancelRequest = (client, id) => client.request("DELETE", `verification-requests/${id}`);

/** Without the person; test mode only. */
export const testVerify = (client, id, index, body) => client.post(`verification-requests/${id}/assets/${index}/test-verify`, body);

/** A form of the page, sent from the page. */
export const onPage = (world, id, index, step, fields = {}) =>
  fetch(`${world.url}/verify/${id}/assets/${index}/${step}`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin" },
    body: new URLSearchParams(fields).toString(),
    redirect: "manual",
  });

/** Begins with an asset as the person does, and gives the verification that is under way from then on. */
export async function beginOnPage(world, client, id, index, fields = {}) {
  const reply = await onPage(world, id, index, "start", fields);
  if (reply.status !== 303) throw new Error(`start answered ${reply.status}: ${(await reply.text()).slice(0, 600)}`);
  return (await readRequest(client, id)).assets[index].verification_id;
}

/** A live e-mail address, proven on the page by the code that was sent. */
export async function proveEmailOnPage(world, client, id, index, fields = { channel: "email" }) {
  const verification = await beginOnPage(world, client, id, index, fields);
  const { code } = await world.inbox.code(verification);
  const reply = await onPage(world, id, index, "submit", { code });
  if (reply.status !== 303) throw new Error(`submit answered ${reply.status}: ${(await reply.text()).slice(0, 600)}`);
  return verification;
}

/** The request once it has this status. */
export const inStatus = (client, id, status, options = { within: 15_000, every: 50 }) =>
  eventually(
    `the request is ${status}`,
    async () => {
      const request = await readRequest(client, id);
      return request.status === status && request;
    },
    options,
  );

/** What tenants hear of a request, oldest first, once there are at least so many events. */
export const eventsOf = (client, id, count) =>
  eventually(`${count} events`, async () => {
    const { data } = (await client.get("events?limit=100")).expect(200).body;
    const mine = data.filter((event) => event.request_id === id && event.type.startsWith("verification_request."));
    return mine.length >= count && mine;
  });
