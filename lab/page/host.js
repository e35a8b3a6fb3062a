// The page around the lab: whose it is, whose keys are pressed, and what has become of the kernel. One of the parts of
// screen.js's module.

// Voilà's page is the lab's own. Anywhere else (JupyterLab, Notebook, an editor) the address belongs to the host.
const ownPage = () => !!document.body.dataset.voila;

// -- keys

const KEYS = {
  " ": "play", ArrowRight: "step", r: "reset", R: "reset", e: "epoch", E: "epoch", p: "projector", P: "projector",
};

const WIDGETS_KEYS = /^(Arrow.*|Home|End|Page.*|Enter|Escape|Tab| )$/;

const TYPING = "input:not([type=range], [type=checkbox], [type=color]), select, textarea, [contenteditable=true]";

const PRESSED = ["a", "button", "input", "summary", "[role=tab]"].join(); // by Space

// Where a key was pressed, also inside of a shadow root.
const targetOf = (event) => event.composedPath()[0];

// True for a key that is pressed while a dialog is open: it is meant for that alone.
const inDialog = (event) => !!targetOf(event).closest?.("dialog[open]") || !!document.querySelector("dialog:modal");

const withHost = (event) => event.ctrlKey || event.metaKey || event.altKey;

// The lab's command for a key, if `event` is one: not while one types, and not where the key has another use.
function commandOf(event) {
  const target = targetOf(event);
  if (withHost(event) || (event.shiftKey && event.key.length > 1) || target.closest?.(TYPING)) return null;
  if (event.key === " " && target.closest?.(PRESSED)) return null; // it presses
  if (event.key.startsWith("Arrow") && target.closest?.("[role=slider], input")) return null; // they move it
  if (scrollsBy(target, event.key)) return null;
  if (event.key === "?") return "keys";
  return KEYS[event.key] ?? (/^[0-9]$/.test(event.key) ? "lane" : null);
}

// True where a key scrolls the part that has the focus, for it has more to show than room for it.
function scrollsBy(part, key) {
  if (!part.matches?.("[tabindex]") || ![" ", "ArrowRight"].includes(key)) return false;
  const { overflowX, overflowY } = getComputedStyle(part);
  if (key === " ") return /auto|scroll/.test(overflowY) && part.scrollHeight > part.clientHeight;
  return /auto|scroll/.test(overflowX) && part.scrollWidth > part.clientWidth;
}

// True for a key that the lab or one of its widgets uses; every other one is the host's (Ctrl+S, Shift+Enter, …).
function usesKey(event) {
  if (targetOf(event).closest?.(".rv-plane, .rv-draw") && drawsWith(event)) return true;
  if (withHost(event) || (event.shiftKey && event.key === "Enter")) return false;
  if (targetOf(event).closest?.(TYPING)) return event.key.length === 1 || WIDGETS_KEYS.test(event.key) || /^(Backspace|Delete)$/.test(event.key);
  return WIDGETS_KEYS.test(event.key) || !!commandOf(event);
}

// True for a key with which one draws, see `Planes.press`.
function drawsWith(event) {
  return event.ctrlKey || event.metaKey ? /^[zy]$/i.test(event.key) : !event.altKey && /^([fm1-4]|Delete|Backspace)$/i.test(event.key);
}

// JupyterLab looks for the "not here" mark from the focused element upwards, in a listener of the document: so the mark
// comes and goes in one of the window, which is called before. Otherwise R would turn the cell into raw text.
function shield(root, on) {
  on(window, "keydown", (event) => {
    const target = targetOf(event);
    if (!root().contains(target) || !target.dataset) return;
    if (usesKey(event)) target.dataset.lmSuppressShortcuts = "regviz";
    else if (target.dataset.lmSuppressShortcuts === "regviz") delete target.dataset.lmSuppressShortcuts;
  }, true);
}

// Of several labs on a page the one that was touched last hears keys that are pressed nowhere in particular. Each lab
// has a module of its own, so that what they share is the window's.
const TOUCHED = Symbol.for("regviz.touched");

function touches(root, on) {
  const touch = (event) => { if (root().contains(targetOf(event))) window[TOUCHED] = root(); };
  for (const type of ["pointerdown", "focusin"]) on(document, type, touch, true);
}

function hearsKeys(root, target) {
  if (root.contains(target)) return true;
  if (target !== document.body) return false;
  if (!window[TOUCHED]?.isConnected) window[TOUCHED] = root;
  return window[TOUCHED] === root;
}

// -- the kernel

const RESTARTED = tr("The kernel was restarted and the lab ended with it. Run the cell again to start it anew.");
const STOPPED = tr("The kernel has stopped and the lab with it. Restart the kernel, then run the cell again.");
const BUSY = tr("The kernel is busy, perhaps with another cell. The lab goes on when it is done.");
const CUT_OFF = tr("The connection to the kernel is lost. The lab goes on when it is back.");

const QUIET = 1500; // milliseconds without a word from a lab that plays, after which it is said that it stands

const SILENT = 2500; // the same in a page of its own, where the server may be busy with others

// Says in a sentence why the picture stands. The widget manager's kernel is asked where there is one; elsewhere a lab
// that plays and is silent has a busy kernel, and one whose messages cannot be sent has none.
class KernelWatch {
  constructor(model, show) {
    this.show = show;
    this.heard = performance.now();
    this.over = "";
    this.silent = false;
    const manager = model.widget_manager;
    this.kernel = () => manager?.kernel ?? manager?.context?.sessionContext?.session?.kernel;
    this.follow = (_, status) => this.status(status);
    this.unheard = Infinity; // milliseconds; when the first message went out that the kernel has not heard
    this.busySince = Infinity; // milliseconds; when the kernel began what it still does
    this.followed = this.kernel();
    this.note(this.followed?.status);
    this.followed?.statusChanged?.connect(this.follow);
    this.followed?.connectionStatusChanged?.connect(this.follow);
    this.timer = setInterval(() => this.look(), 500);
    this.reconnect = () => {
      if (!this.kernel()?.isDisposed) this.kernel()?.reconnect?.().catch?.(() => {});
    };
    if (ownPage()) window.addEventListener("regviz:reconnect", this.reconnect);
  }

  // A message went out: the kernel says that it hears it.
  asked() {
    if (this.unheard === Infinity) this.unheard = performance.now();
  }

  note(status) {
    if (status === "busy") this.busySince = Math.min(this.busySince, performance.now());
    else if (status === "idle") this.busySince = Infinity;
  }

  status(status) {
    this.unheard = Infinity;
    this.note(status);
    if (/restarting/.test(status)) this.end(RESTARTED);
    else if (status === "dead" || status === "terminating") this.end(STOPPED);
    else this.look();
  }

  // The lab is no more: its kernel knows nothing of it.
  end(sentence) {
    this.over ||= sentence;
    this.look();
  }

  unsent() {
    if (!ownPage()) this.end(RESTARTED); // else the page itself says what has happened
  }

  word() {
    this.heard = performance.now();
    this.unheard = Infinity;
    if (this.said && !this.over) this.look();
  }

  look() {
    const before = performance.now() - QUIET;
    const line = this.kernel()?.connectionStatus;
    if (ownPage()) return this.tell(Math.min(this.unheard, Math.max(this.heard, this.busySince)) < performance.now() - SILENT);
    const stands = this.heard < before && (this.expected?.() || this.busySince < before);
    const sentence = this.over || (stands ? (line && line !== "connected" ? CUT_OFF : BUSY) : "");
    if (sentence === this.said) return;
    this.said = sentence;
    this.show(sentence, !!this.over);
  }

  // In a page of its own, Voilà's, the lab only says that its kernel is silent: the page knows about line and server.
  tell(silent) {
    if (silent !== this.silent) window.dispatchEvent(new CustomEvent("regviz:silent", { detail: silent }));
    this.silent = silent;
  }

  stop() {
    clearInterval(this.timer);
    window.removeEventListener("regviz:reconnect", this.reconnect);
    this.followed?.statusChanged?.disconnect(this.follow);
    this.followed?.connectionStatusChanged?.disconnect(this.follow);
  }
}
