// The line of a follower's page: one websocket that is tried again until the lecture is over.

const ENDED = 4002; // as in lab/serve/hall/room.py
const FULL = 4003;
const UNKNOWN = 4004;
const EXPIRED = 4005;
const TABS = 4006; // as in lab/serve/hall/following.py
const QUIET = 5000; // milliseconds without a word after which the line counts as cut; the server speaks every two seconds
const REACHING = 10000; // milliseconds after which a line that does not open is given up, the first time
const SLOWEST = 20; // bytes a millisecond that a line brings at least, the first time

let line = null;
let greeted = null; // the line on which the hall was told last
let heard = 0;
let tries = 0;
let again = 0;
let coming = 0; // bytes of a message that is on the way: before it has come nothing else can
let slack = 1; // how much longer than the first time is waited for a line, and for what is on the way

function patience() {
  return line.readyState === WebSocket.CONNECTING ? REACHING * slack : QUIET + (coming / SLOWEST) * slack;
}

function connect() {
  clearTimeout(again);
  again = 0;
  if (over) return;
  const address = new URL(`${location.pathname.replace(/\/$/, "")}/socket`, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  line = socket;
  heard = performance.now();
  coming = 0;
  let order = Promise.resolve();
  let first = true;
  socket.addEventListener("open", () => { if (socket === line) heard = performance.now(); });
  socket.addEventListener("message", ({ data }) => {
    if (socket !== line) return;
    heard = performance.now();
    if (data.byteLength) coming = 0;
    if (first) {
      back = trouble && tries ? heard + 4000 : 0;
      trouble = "";
      first = false;
      if (back) setTimeout(tellStatus, 4100);
      tellStatus();
    }
    if (typeof data === "string") hear(JSON.parse(data), socket);
    else if (data.byteLength) order = order.then(() => follow(data, socket));
  });
  socket.addEventListener("close", ({ code }) => { if (socket === line) lose(code); });
}

async function follow(data, socket) {
  try {
    const frame = await unpack(data);
    if (socket !== line) return;
    if (!frame.whole && frame.after !== newest) throw new Error("a frame between is missing");
    newest = frame.frame;
    tries = 0; // not before a frame can be read: one that cannot would be asked for without end
    if (frame.whole) frames = [];
    if (frames.push(frame) === 1) requestAnimationFrame(paint);
  } catch (error) {
    console.error(error);
    if (socket === line) lose(0);
  }
}

function hear(message, socket) {
  if (message.kind === "coming") coming = message.bytes;
  else if (message.kind === "hall") {
    const before = [hall.lesson?.name, hall.poll?.round].join();
    hall = message;
    if ([hall.lesson?.name, hall.poll?.round].join() !== before) mine = { ...mine, place: -1 };
    tellHall();
    if (greeted !== socket) voteAgain();
    greeted = socket;
  } else if (message.kind === "vote") {
    mine = message;
    if (wish?.vote === mine.place) wish = null;
    tellQuestion();
  }
}

const LAST_WORDS = {
  [ENDED]: tr("The lecturer has ended the presentation."),
  [EXPIRED]: tr("The lecturer's page did not come back in time, and the presentation is over."),
  [FULL]: tr("The room is full. This page tries again every ten seconds."),
  [TABS]: tr("This browser follows the lecture in too many tabs. Close some; this page tries again every ten seconds."),
  [UNKNOWN]: tr("This lecture is over, or the server was started anew. The lecturer's page shows the present code."),
};

function lose(code) {
  if (line && (coming || line.readyState === WebSocket.CONNECTING)) slack = Math.min(2 * slack, 8);
  line?.close();
  line = null;
  newest = -1;
  over = [ENDED, UNKNOWN, EXPIRED].includes(code);
  const offline = navigator.onLine === false;
  trouble = LAST_WORDS[code] ?? (offline
    ? tr("This device has no network. The picture goes on when it is back.")
    : tr("The connection is lost. Trying again…"));
  part(".rv-own").hidden = over; // there is no state any more to copy
  tellStatus();
  tellQuestion();
  if (over || again) return;
  const wait = code === FULL || code === TABS ? 10000 : Math.min(500 * 1.6 ** tries, 5000) * (0.75 + 0.5 * Math.random());
  tries += 1;
  again = setTimeout(connect, wait);
}

setInterval(() => { if (line && performance.now() - heard > patience()) lose(0); }, 1000);
addEventListener("offline", () => { if (!over) lose(0); });
addEventListener("online", () => { if (!over && !line) connect(); });
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !line && !over) connect();
});

function unpacks() {
  try {
    return !!new DecompressionStream("deflate-raw"); // older browsers know other kinds alone
  } catch {
    return false;
  }
}

if (!unpacks()) {
  over = true; // it is of no use to try again
  trouble = tr("This browser is too old to follow: it needs DecompressionStream, which browsers have since 2023.");
  tellStatus();
} else connect();
