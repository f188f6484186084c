// Node, Deno, Bun or a Worker.
export async function* statuses(origin, key, id) {
  const address =
    `${origin}/api/v1/verifications/${id}/events`;
  const headers = { Authorization: `Bearer ${key}` };
  for (;;) {
    try {
      const answer = await fetch(address, { headers });
      if (answer.status === 204) return; // all is said
      if (!answer.ok) throw new Error(answer.status);
      for await (const block of blocks(answer)) {
        if (!block.event) continue; // a heartbeat
        headers["Last-Event-ID"] = block.id;
        const change = JSON.parse(block.data);
        yield change;
        if (change.status !== "pending") return;
      }
    } catch (error) {
      // That is how `fetch` calls a broken network.
      if (!(error instanceof TypeError)) throw error;
    }
    // Wait a moment, then go on where it broke off.
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
