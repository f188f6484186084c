// Node, Deno, Bun or a Worker.
export async function* statuses(origin, key, verification) {
  const address =
    `${origin}/api/v1/verifications/${verification}/events`;
  const headers = { Authorization: `Bearer ${key}` };
  for (;;) {
    const answer = await fetch(address, { headers });
    if (answer.status === 204) return; // all was said
    if (!answer.ok) throw new Error(answer.status);

    for await (const block of blocks(answer)) {
      if (!block.event) continue; // a heartbeat
      headers["Last-Event-ID"] = block.id;
      const change = JSON.parse(block.data);
      yield change;
      if (change.status !== "pending") return;
    }
    // It broke off: wait a moment, then go on.
    await new Promise((go) => setTimeout(go, 2000));
  }
}

// The fields of each block of the stream.
async function* blocks(answer) {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of answer.body) {
    text += decoder.decode(bytes, { stream: true });
    const parts = text.split("\n\n");
    text = parts.pop();
    for (const part of parts) {
      const lines = part.split("\n");
      yield Object.fromEntries(
        lines.map((line) => line.split(/: (.*)/)),
      );
    }
  }
}
