// Says goodbye when the page closes, and says in a sentence what is wrong with the line, the server or the lab, and what
// happens next: Voilà does neither.
(() => {
  const ENDED = 4001; // as in lab/serve/kernels/kernels.py
  const { tr } = window.regviz;
  const TROUBLES = {
    refused: [
      tr("The server was reached, its live connection (WebSocket) was not: something on the way does not pass it on."),
      tr("Whoever runs the server finds the remedy in its README. This page keeps trying."),
    ].join(" "),
    cut: tr("The line to the lab was cut. Reconnecting…"),
    offline: tr("This device has no network. The lab goes on when it is back."),
    silent: tr("The server does not answer. This page keeps trying, and the lab goes on when it is back."),
    login: tr("The server asks for its password again. “Start again” leads to it."),
    hung: tr("The lab does not answer: it is busy, or the machine is. It goes on when it can."),
    died: tr("The lab’s process has ended; perhaps it needed more memory than it may have."),
    restarted: tr("The server was started anew, and the lab ended with it."),
    ended: tr("The lab has ended: nobody used it, or the line was away for too long."),
    kernel: tr("The lab could not be started: the server’s terminal says why."),
    disk: tr("The lab could not be started: the server’s disk is full."),
  };
  const AGAIN = tr("“Start again” begins from the settings in this page’s address.");
  const FINAL = ["died", "restarted", "ended", "kernel", "disk"];

  // The page was let in from the queue; a link that is copied from it is not to hold the ticket.
  const address = new URL(location.href);
  if (address.searchParams.has("seat")) {
    address.searchParams.delete("seat");
    history.replaceState(history.state, "", address);
  }

  AbortSignal.timeout ??= (ms) => { // browsers before 2022 lack it, and nothing else that is needed here
    const end = new AbortController();
    setTimeout(() => end.abort(new DOMException("", "TimeoutError")), ms);
    return end.signal;
  };
  // anywidget gives a widget two seconds to begin; on a slow phone or a busy machine some page would be without its
  // picture for good, and say nothing.
  const within = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (ms) => within(ms === 2000 ? 60000 : ms);

  // A widget whose model is not there yet looks for it every 100 ms, and after two seconds no more. A slow machine that
  // was making the models meanwhile has missed the last look: it looks once more, or the page would stay empty.
  let models = () => [];
  function looksAgain(manager) {
    models = () => Object.values(manager._models ?? {});
    const find = manager.get_model.bind(manager);
    manager.get_model = (id) => find(id).catch((error) => {
      if (!manager.has_model(id)) throw error;
      return find(id);
    });
  }
  const watched = (plugin) => ({
    ...plugin,
    activate: (app, ...rest) => {
      app.widgetManagerPromise?.promise.then(looksAgain);
      return plugin.activate(app, ...rest);
    },
  });
  const watching = (make) => () => {
    const made = make();
    return Array.isArray(made.default) ? { __esModule: true, default: made.default.map(watched) } : made;
  };
  window._JUPYTERLAB = new Proxy({}, { // where the parts of Voilà's page enter themselves
    set(parts, name, part) {
      parts[name] = name.startsWith("@voila-dashboards/widgets-manager")
        ? { init: (scope) => part.init(scope), get: (module) => part.get(module).then(watching) }
        : part;
      return true;
    },
  });

  const sockets = new Set();
  let tried = false; // whether a live connection was asked for: before, the page still loads
  let opened = false; // whether one has ever been there
  let leaving = false;
  let checking = false;
  let over = false;
  let hung = false;
  let said = "";

  class WatchedSocket extends WebSocket {
    constructor(...rest) {
      super(...rest);
      if (!String(rest[0]).includes("/api/kernels/")) return;
      tried = true;
      sockets.add(this);
      this.addEventListener("open", () => {
        if (opened) setTimeout(() => dispatchEvent(new Event("regviz:again")), 500); // the client asks first who is there
        opened = true;
        hung = false;
        here();
        say("");
      });
      this.addEventListener("close", (event) => {
        sockets.delete(this);
        if (event.code === ENDED) say(event.reason === "died" ? "died" : "ended");
        else setTimeout(check, 300);
      });
    }
  }
  window.WebSocket = WatchedSocket;

  const config = () => JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "null");
  const any = (state) => [...sockets].some((socket) => socket.readyState === state);
  const connected = () => any(WebSocket.OPEN);
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  // While all seems well a busy machine may take its time.
  const patience = () => within(connected() && !hung ? 4000 : 2000);
  const ask = (path) => fetch(config().baseUrl + path, { cache: "no-store", signal: patience() });

  // What is wrong now: one of TROUBLES, or nothing. Asks the server, which the live connection may not tell.
  async function trouble() {
    if (navigator.onLine === false) return "offline";
    try {
      const reply = await ask(`api/kernels/${config().kernelId}`);
      if (reply.status === 404) {
        const run = (await ask("healthz")).headers.get("Regviz-Run");
        return run && run !== config().run ? "restarted" : "ended";
      }
      if (reply.status === 403) return "login";
      if (!reply.ok) return "silent";
    } catch {
      return "silent";
    }
    if (connected()) return hung ? "hung" : "";
    if (!opened) return tried ? "refused" : "";
    return "cut";
  }

  // JupyterLab's client gives up after some attempts, and waits ever longer between them.
  function reconnect() {
    if (!any(WebSocket.CONNECTING)) dispatchEvent(new Event("regviz:reconnect"));
  }

  // Whether the live connection may have lost its other end, which looks like a lab that is busy: the server answers, and the
  // lab has been silent for `DEAF` milliseconds.
  const DEAF = 15000;
  let since = 0;
  function isDeaf(found) {
    const now = performance.now();
    if (found !== "hung") since = 0;
    else since ||= now;
    if (!since || now - since < DEAF) return false;
    since = now;
    return true;
  }

  async function check() {
    if (leaving || checking || over || !config()?.kernelId) return;
    checking = true;
    try {
      for (;;) {
        const found = await trouble();
        if (leaving || over) return;
        say(found);
        if (!found || over) return;
        if (found === "cut" || found === "refused" || isDeaf(found)) reconnect();
        await pause(2000);
      }
    } finally {
      checking = false;
    }
  }

  function say(what) {
    if (leaving || over || what === said) return;
    said = what;
    over = FINAL.includes(what);
    const lost = document.getElementById("lost");
    if (!lost) {
      if (what) addEventListener("DOMContentLoaded", () => { said = ""; over = false; say(what); });
      return;
    }
    if (what) {
      show("starting", false);
      lost.querySelector("p").textContent = over ? `${TROUBLES[what]} ${AGAIN}` : TROUBLES[what];
      lost.querySelector("button").hidden = !over && what !== "hung" && what !== "login";
    }
    lost.hidden = !what;
    lost.dataset.fault = what;
    if (!what && !document.querySelector(READY)) show("starting", true);
  }

  function show(id, visible) {
    const element = document.getElementById(id);
    if (element) element.hidden = !visible;
  }

  // A browser asks no page for its goodbye while that loads, and waits for none when it is closed itself. This line, on
  // which nothing is said, ends with the page in either case. A plain Voilà has none.
  const road = document.querySelector("meta[name=regviz-here]")?.content;
  let line = null;
  function here() {
    if (!road || line?.readyState <= WebSocket.OPEN) return;
    line = new WebSocket(location.origin.replace(/^http/, "ws") + road);
  }
  here();

  function goodbye() {
    leaving = true;
    const page = config();
    if (!page?.kernelId) return;
    const form = new FormData(); // a plain Voilà asks for its cookie's word
    form.append("_xsrf", document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)?.[1] ?? "");
    navigator.sendBeacon(`${page.baseUrl}voila/api/shutdown/${page.kernelId}`, form);
  }

  // Voilà ends its connection to a kernel when the page goes. Jupyter's client fails then with the answer that it had just
  // been waiting for: nobody is there to whom that matters.
  for (const kind of ["unhandledrejection", "error"]) {
    addEventListener(kind, (event) => {
      if (/^Kernel connection is disposed$/.test((event.reason ?? event.error)?.message)) event.preventDefault();
    });
  }

  window.regviz.fail = say;

  // The lab's picture (screen.js) says when its kernel is silent, and when it speaks again.
  addEventListener("regviz:silent", (event) => {
    hung = event.detail;
    if (hung) check();
    else if (said === "hung") say("");
  });
  // A widget that was turned sends nothing more before its kernel has answered: one whose turn, or the answer to it, went
  // into a dead line would be deaf for ever. What it holds back is sent if it stands there still; else the kernel's word holds.
  addEventListener("regviz:again", () => {
    for (const made of models()) {
      Promise.resolve(made).then((model) => {
        if (!(model._pending_msgs > 0)) return;
        const held = model._msg_buffer;
        model._pending_msgs = 0;
        model._msg_buffer = null;
        if (held && Object.entries(held).every(([key, value]) => model.get(key) === value)) {
          model.send_sync_message(held, model._msg_buffer_callbacks ?? {});
        }
      }).catch(() => {}); // a model that was never made
    }
  });
  // A line that lost its other end without a word (a laptop that slept) shows only when asked. In a hidden tab browsers look
  // at the clock once a minute: that is no sleep.
  let last = Date.now();
  setInterval(() => {
    const slept = Date.now() - last > (document.hidden ? 90000 : 15000);
    last = Date.now();
    if (slept && connected()) dispatchEvent(new Event("regviz:reconnect"));
    if (slept) check();
  }, 1000);
  setInterval(() => document.visibilityState === "visible" && check(), 20000);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && check());
  addEventListener("online", check);
  addEventListener("offline", check);
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
  const kinds = ["Text", "Image", "SVG", "HTML", "Latex", "Markdown"].map((kind) => `.jp-OutputArea .jp-Rendered${kind}`);
  const READY = [".jupyter-widgets", ...kinds].join();
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("#lost button")?.addEventListener("click", () => location.reload());
    const watch = new MutationObserver(finish);
    function finish() {
      if (!document.querySelector(READY)) return;
      watch.disconnect();
      show("starting", false);
    }
    if (over) return;
    if (!document.querySelector(".jp-OutputArea-child")) {
      show("starting", false);
      show("empty", !document.querySelector(".jp-MarkdownCell"));
      return;
    }
    watch.observe(document.body, { childList: true, subtree: true });
    finish();
  });
})();
