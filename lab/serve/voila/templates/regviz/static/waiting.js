// The page of those who wait for a seat: shows which place they have, and lets them in.
(() => {
  const { tr } = window.regviz;
  const words = document.getElementById("place");
  const { ticket, base } = words.dataset;
  const own = new URL(location.href); // with the ticket: a reload, Back and Forward come with it, and keep the place
  own.searchParams.set("seat", ticket);
  history.replaceState(history.state, "", own);
  const QUIET = 12000; // milliseconds without a word after which the line counts as cut; the server speaks every five seconds
  const FIRST = 4000; // the same for one that was opened anew: the server speaks at once
  let stream = null;
  let heard = 0; // when the server spoke last, or the line was opened
  let patience = QUIET;
  let lost = false; // whether the place is

  const say = (sentence, title) => {
    if (words.textContent !== sentence) words.textContent = sentence;
    document.title = `${title} · regviz`;
  };

  function listen() {
    stream?.close(); // a line whose other end is gone (a laptop that slept, another network) stays open for ever
    heard = performance.now();
    const made = stream = new EventSource(`${base}voila/api/queue/${ticket}`);
    made.addEventListener("message", ({ data }) => {
      heard = performance.now();
      patience = QUIET;
      const { place, of, seat } = JSON.parse(data);
      if (!seat) return say(tr("You are number {place} of {of}.", { place, of }), tr("{place} of {of}", { place, of }));
      say(tr("A seat is free: the lab opens."), tr("It is your turn"));
      made.close();
      lost = true; // it was taken
      location.reload();
    });
    // A stream that is closed for good has lost its place: the server was restarted, or the line was away for too long.
    made.addEventListener("error", () => {
      if (made.readyState !== EventSource.CLOSED || lost) return;
      lost = true;
      comeAnew();
    });
  }

  // Not before the server is there: a proxy would answer in its place, and its page asks for nothing by itself.
  async function comeAnew() {
    for (;;) {
      await new Promise((done) => setTimeout(done, 1000 + 4000 * Math.random()));
      const reply = await fetch(`${base}healthz`, { cache: "no-store" }).catch(() => null);
      if (reply?.ok) return location.reload();
      silent();
    }
  }

  const silent = () =>
    say(tr("The server does not answer. Your place is kept for some seconds; this page asks again by itself."), tr("No answer"));

  listen();
  setInterval(() => {
    if (lost || performance.now() - heard < patience) return;
    patience = FIRST;
    silent();
    listen();
  }, 1000);
})();
