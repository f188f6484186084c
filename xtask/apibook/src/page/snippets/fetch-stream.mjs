// On your server: Node, Deno, Bun or a Worker.
export async function* statuses(origin, key, id) {
  let last;
  for (;;) {
    const headers = { Authorization: `Bearer ${key}` };
    if (last) headers["Last-Event-ID"] = last;
    const address = `${origin}/api/v1/verifications/${id}/events`;
    const answer = await fetch(address, { headers });
    if (answer.status === 204) return; // it had ended
    if (!answer.ok) throw new Error(await answer.text());

    let text = "";
    const chunks = answer.body.pipeThrough(new TextDecoderStream());
    for await (const chunk of chunks) {
      const blocks = (text + chunk).split("\n\n");
      text = blocks.pop();
      for (const block of blocks) {
        const field = (name) =>
          block.match(new RegExp(`^${name}: ?(.*)$`, "m"))?.[1];
        last = field("id") ?? last;
        if (!field("data")) continue; // a heartbeat
        const event = JSON.parse(field("data"));
        yield event;
        if (event.status !== "pending") return;
      }
    }
    // The connection ended before the verification did.
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}
