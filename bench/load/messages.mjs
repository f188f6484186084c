// The bytes of each request. Both systems get exactly the same ones, but for host and key.
let serial = 0;

export const API = "/api/v1";

export function message(system, method, path, body, headers = "") {
  const head = `${method} ${path} HTTP/1.1\r\nHost: ${system.url.host}\r\nAuthorization: Bearer ${system.key}\r\nAccept: */*\r\n`;
  if (body === undefined) return `${head}${headers}\r\n`;
  const payload = JSON.stringify(body);
  return `${head}${headers}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(payload)}\r\n\r\n${payload}`;
}

export function createMessage(system) {
  serial += 1;
  const body = {
    type: "email",
    channel: "email",
    identifier: `person.${serial}@mail.example.com`,
    external_user_id: `user-${serial}`,
    client_metadata: { plan: "standard", locale: "en-GB" },
  };
  const headers = `Idempotency-Key: bench-${process.pid}-${serial}\r\n`;
  return message(system, "POST", `${API}/verifications`, body, headers);
}

export const submitMessage = (system, { id, code }) =>
  message(system, "POST", `${API}/verifications/${id}/submit`, { challenge_code: code });
