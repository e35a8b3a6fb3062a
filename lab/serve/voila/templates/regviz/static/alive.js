// Says goodbye when the page closes, and tells the visitor when the kernel is gone: Voilà does neither reliably.
(() => {
  const ENDED = 4001; // as in lab/serve/kernels.py
  const sockets = new Set();
  let leaving = false;
  let checking = false;

  class WatchedSocket extends WebSocket {
    constructor(...rest) {
      super(...rest);
      if (!String(rest[0]).includes("/api/kernels/")) return;
      sockets.add(this);
      this.addEventListener("open", () => show("lost", false));
      this.addEventListener("close", (event) => {
        sockets.delete(this);
        if (event.code === ENDED) lose();
        else setTimeout(check, 2000);
      });
    }
  }
  window.WebSocket = WatchedSocket;

  const config = () => JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "null");
  const connected = () => [...sockets].some((socket) => socket.readyState === WebSocket.OPEN);
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  // Voilà's client reconnects by itself; the page speaks up only if the kernel or the server is really gone.
  async function check() {
    if (leaving || checking || !config()?.kernelId) return;
    checking = true;
    try {
      for (let missed = 0; missed < 3; await pause(3000)) {
        if (leaving) return;
        try {
          const url = `${config().baseUrl}api/kernels/${config().kernelId}`;
          const reply = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(4000) });
          if (reply.status === 404) return lose();
          if (reply.ok && connected()) return;
          if (!reply.ok) missed += 1;
        } catch {
          missed += 1;
        }
      }
      lose();
    } finally {
      checking = false;
    }
  }

  function lose() {
    if (leaving) return;
    show("starting", false);
    show("lost", true);
  }

  function show(id, visible) {
    const element = document.getElementById(id);
    if (element) element.hidden = !visible;
  }

  function goodbye() {
    leaving = true;
    const page = config();
    if (!page?.kernelId) return;
    const form = new FormData();
    form.append("_xsrf", document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)?.[1] ?? "");
    navigator.sendBeacon(`${page.baseUrl}voila/api/shutdown/${page.kernelId}`, form);
  }

  // A line that lost its other end without a word (a laptop that slept) shows only when asked.
  setInterval(() => document.visibilityState === "visible" && check(), 20000);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && check());
  addEventListener("pagehide", goodbye);
  addEventListener("pageshow", (event) => event.persisted && location.reload());

  // The page is on its way until the last cell has run, its first line until the kernel has started.
  function askForPatience() {
    const words = document.querySelector("#starting .patience");
    if (words) words.hidden = false;
    else setTimeout(askForPatience, 500);
  }
  setTimeout(askForPatience, 8000);

  // "Starting…" stays until there is something to see: a widget, a text, a picture or an error.
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("#lost button")?.addEventListener("click", () => location.reload());
    const kinds = ["Text", "Image", "SVG", "HTML", "Latex", "Markdown"].map((kind) => `.jp-OutputArea .jp-Rendered${kind}`);
    const ready = [".jupyter-widgets", ...kinds].join();
    const watch = new MutationObserver(finish);
    function finish() {
      if (!document.querySelector(ready)) return;
      watch.disconnect();
      show("starting", false);
    }
    if (!document.querySelector(".jp-OutputArea-child")) {
      show("starting", false);
      show("empty", !document.querySelector(".jp-MarkdownCell"));
      return;
    }
    watch.observe(document.body, { childList: true, subtree: true });
    finish();
  });
})();
