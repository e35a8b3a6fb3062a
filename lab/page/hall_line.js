// The line to the server's rooms, kept up as long as it is wanted. One whose other end is gone may stay open for minutes
// (the page's address has changed, the laptop has slept), so the server speaks on it every second.

class HallLine {
  static RETRY = 2000; // milliseconds
  static QUIET = 5000; // milliseconds without a word after which the line counts as cut
  static REACHING = 10000; // milliseconds after which one that does not open is given up, the first time
  static GIVEN_UP = 4000; // close code, as in lab/serve/hall/presenting.py: the page stays, should the server hear of this at all

  // `greet` tells the first message, `hear` gets every answer, `lost` is told whether the line had been there and says
  // whether to try again.
  constructor({ address, greet, hear, lost }) {
    Object.assign(this, { address, greet, hear, lost });
    this.wanted = false;
    this.opened = false;
    this.socket = null;
    this.heard = 0;
    this.retry = 0;
    this.tries = 0; // that have opened no line
    this.ears = new AbortController();
    const on = (type, act) => addEventListener(type, act, { signal: this.ears.signal });
    on("pagehide", () => { this.wanted = false; });
    on("offline", () => { if (this.socket) this.lose(); });
    on("online", () => this.reach());
    on("regviz:reconnect", () => { this.listen(); this.reach(); }); // the page knows that lines were cut
    this.timer = setInterval(() => this.listen(), 500);
  }

  keep() {
    this.wanted = true;
    this.reach();
  }

  // End it, and have no other.
  drop() {
    this.wanted = false;
    clearTimeout(this.retry);
    this.hangUp();
  }

  say(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  reach() {
    clearTimeout(this.retry);
    if (!this.wanted || this.socket) return;
    const made = new WebSocket(this.address());
    this.socket = made;
    this.opened = false;
    this.heard = performance.now();
    made.addEventListener("open", () => {
      if (this.socket !== made) return;
      this.opened = true;
      this.tries = 0;
      this.heard = performance.now();
      this.say(this.greet());
    });
    made.addEventListener("message", ({ data }) => {
      if (this.socket !== made) return;
      this.heard = performance.now();
      const message = JSON.parse(data);
      if (message.kind === "beat") this.say({ kind: "here" });
      else this.hear(message);
    });
    made.addEventListener("close", () => { if (this.socket === made && this.wanted) this.lose(); });
  }

  listen() {
    const most = this.opened ? HallLine.QUIET : HallLine.REACHING * Math.min(2 ** this.tries, 8); // a busy machine is slow
    if (this.wanted && this.socket && performance.now() - this.heard > most) this.lose();
  }

  lose() {
    this.hangUp(HallLine.GIVEN_UP);
    if (!this.opened) this.tries += 1;
    if (this.lost(this.opened)) this.retry = setTimeout(() => this.reach(), HallLine.RETRY);
    else this.wanted = false;
  }

  hangUp(code) {
    const was = this.socket;
    this.socket = null;
    was?.close(code);
  }

  stop() {
    this.drop();
    this.ears.abort();
    clearInterval(this.timer);
  }
}
