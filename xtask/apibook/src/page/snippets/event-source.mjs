// Your server asks for the ticket with your key and
// passes its `url` on to this page.
export async function follow(id, onStatus) {
  const answer =
    await fetch(`/tickets/${id}`, { method: "POST" });
  const { url } = await answer.json();
  const events = new EventSource(url);
  const read = ({ data }) => {
    const { status } = JSON.parse(data);
    onStatus(status);
    if (status !== "pending") events.close();
  };
  events.addEventListener("connected", read);
  events.addEventListener("status_changed", read);
  // A ticket opens one stream. After a break the
  // browser is refused with the old one: get another.
  events.onerror = () => {
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(follow, 2000, id, onStatus);
    }
  };
}
