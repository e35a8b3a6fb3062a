// The page of those who wait for a seat: says which place they have, and lets them in.
(() => {
  const { tr } = window.regviz;
  const words = document.getElementById("place");
  const { ticket, base } = words.dataset;
  const stream = new EventSource(`${base}voila/api/queue/${ticket}`);
  let heard = performance.now();

  const say = (sentence, title) => {
    if (words.textContent !== sentence) words.textContent = sentence;
    document.title = `${title} · regviz`;
  };

  stream.addEventListener("message", ({ data }) => {
    heard = performance.now();
    const { place, of, seat } = JSON.parse(data);
    if (!seat) return say(tr("You are number {place} of {of}.", { place, of }), tr("{place} of {of}", { place, of }));
    say(tr("A seat is free: the lab opens."), tr("It is your turn"));
    stream.close();
    const address = new URL(location.href);
    address.searchParams.set("seat", ticket);
    location.replace(address);
  });

  // A stream that is closed for good has lost its place: the server was restarted, or the line was away for too long.
  stream.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 1000 + 4000 * Math.random());
  });
  setInterval(() => {
    if (performance.now() - heard > 12000 && stream.readyState !== EventSource.CLOSED) {
      say(tr("The server does not answer. Your place is kept for some seconds; this page asks again by itself."), tr("No answer"));
    }
  }, 1000);
})();
