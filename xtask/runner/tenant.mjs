// Calls of the API, as the demo organisation makes them.

export const tenant = (system, key) => async (method, path, body) => {
  const reply = await fetch(`${system.url}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { "content-type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  const answer = await reply.json();
  if (!reply.ok) throw new Error(answer.error?.message ?? `status ${reply.status}`);
  return answer;
};
