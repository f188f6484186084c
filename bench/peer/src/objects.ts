// The peer's Durable Objects Worker: it has the classes and no routes.
export { DeliveryObject } from "./delivery-object";
export { EndpointGateObject } from "./endpoint-gate";
export { StreamSlotsObject } from "./stream-slots";
export { VerificationObject } from "./verification-object";

export default {
  fetch: (): Response => new Response(null, { status: 404 }),
};
