// Reading and answering HTTP, as every peer needs it.

export async function textOf(request) {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}

export function answerJson(response, status, body, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** Sends a webhook as a provider does: what was answered is all that it learns. */
export async function post(url, body, headers) {
  const reply = await fetch(url, { method: "POST", body, headers, redirect: "manual" });
  return { status: reply.status, headers: reply.headers, text: await reply.text() };
}
