// A page that follows a lecturer's lab. It has no kernel: pictures, numbers and the question come over one websocket, and
// it says which frame it has painted, and its vote.

const app = document.querySelector(".rv-follow");
const part = (selector) => app.querySelector(selector);
const UNCLEAR = "unclear"; // as in lab/lessons/question.py
const ANSWER_EVERY = 200; // milliseconds between two answers
const SPEAK_EVERY = 10000; // milliseconds between two sentences to a screen reader

const picture = new Sheets(part(".rv-view"));
for (const button of app.querySelectorAll("[data-zoom]")) {
  button.addEventListener("click", () => {
    const grown = { in: picture.zoom * 1.25, out: picture.zoom / 1.25, fit: 1 }[button.dataset.zoom];
    picture.zoom = Math.min(Math.max(grown, 0.5), 5);
    picture.lay();
  });
}

// -- frames: unpacked and painted in the order in which they came

let frames = [];
let newest = 0; // number of the frame that was unpacked last
let table = [];
let headings = [];
let epoch = 0;
let state = "";
let ground = "";

async function unpack(message) {
  const packed = new Blob([message]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  const size = new DataView(bytes.buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size)));
  return decode(header, [bytes.subarray(4 + size)]);
}

function paint() {
  const [shown, socket] = [frames, line];
  frames = [];
  for (const frame of shown) {
    if (frame.mode) dress(frame.mode);
    if (frame.whole) part(".rv-view").hidden = false;
    if (frame.colors) {
      frame.colors.forEach((color, i) => app.style.setProperty(`--rv-lane-${i}`, color));
      picture.inks = new Map(frame.colors.map((color) => [color.toLowerCase(), readable(color, ground)]));
    }
    picture.paint(frame);
    if (frame.headings) {
      headings = frame.headings;
      fillHeadings(part("thead tr"), headings);
    }
    if (frame.table) {
      table = frame.table;
      fillTable(part("tbody"), table);
      part(".rv-table").hidden = false;
    }
    if (frame.sentence !== undefined) sentence = frame.sentence;
    epoch = frame.epoch ?? epoch;
    state = frame.state ?? state;
    for (const key of ["step", "epoch", "state", "frame"]) {
      if (frame[key] !== undefined) app.dataset[key] = frame[key];
    }
  }
  if (!shown.length) return;
  tellSentence();
  tellStatus();
  answer(shown.at(-1).frame, shown.some((frame) => frame.whole), socket);
}

function dress(mode) {
  app.dataset.mode = mode;
  document.documentElement.dataset.theme = mode;
  document.documentElement.style.colorScheme = mode;
  ground = getComputedStyle(app).getPropertyValue("--rv-background").trim();
  document.body.style.background = ground;
}
dress(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

let painted = 0;
let late = 0;
function answer(number, now, socket) {
  painted = number;
  const say = () => {
    late = 0;
    if (socket === line && line.readyState === WebSocket.OPEN) line.send(JSON.stringify({ painted }));
  };
  if (now) say();
  else late ||= setTimeout(say, ANSWER_EVERY);
}

// -- the hall: title, question, shares, and where the lecturer is

let hall = {};
let over = false; // true once there is nothing more to come
let mine = { place: -1, voter: true };
let sentence = "";

// Before the first step the lab asks its lecturer to press play; nobody else can.
const waits = () => app.dataset.step === "0" && state === "paused";

function tellSentence() {
  const own = !hall.observation && waits(); // of this page, not of the lecturer's
  const text = own ? tr("The lecturer has not started yet.") : hall.observation || sentence;
  part(".rv-sentence").lang = own ? LANG : hall.lang ?? "";
  part(".rv-sentence").hidden = !text;
  if (part(".rv-sentence").textContent !== text) part(".rv-sentence").textContent = text;
}

function say(selector, text) { // a status that is written anew is read out anew
  if (part(selector).textContent !== text) part(selector).textContent = text;
}

let asked = ""; // what the question shows: one who is about to press must not have it drawn anew for nothing
function tellQuestion() {
  const { lesson, poll, outcome } = hall;
  say(".rv-turned", turn());
  const now = JSON.stringify([lesson, poll, outcome, mine, over]);
  if (now === asked) return;
  asked = now;
  part(".rv-question").hidden = !lesson || !poll;
  part("main").dataset.asked = String(!part(".rv-question").hidden);
  if (!lesson || !poll) return;
  part("legend").replaceChildren(words(lesson.question));
  const list = part(".rv-answers");
  const focused = [...list.children].indexOf(document.activeElement);
  list.replaceChildren(...lesson.choices.map(([key, text], place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", String(place === mine.place));
    button.disabled = !poll.open || !mine.voter || over;
    button.dataset.right = outcome ? String(key === outcome) : "";
    const said = document.createElement("span");
    said.append(words(text));
    button.append(said, ...bars(poll.counts, place));
    button.addEventListener("click", () => vote({ vote: place, of: [lesson.name, poll.round] }));
    return button;
  }));
  list.children[focused]?.focus();
  const right = lesson.choices.find(([key]) => key === outcome);
  let told = "";
  if (right) told = tr("The numbers say “{answer}”.", { answer: words(right[1]).textContent });
  else if (outcome) told = tr("The numbers fit none of the answers.");
  say(".rv-verdict", told);
  if (!mine.voter) told = tr("This browser keeps no cookies, so it has no vote.");
  else if (!poll.open || over) told = mine.place < 0 ? tr("The vote is closed.") : tr("The vote is closed, your answer is marked.");
  else if (mine.place >= 0) told = tr("Your answer counts. You may change it until the vote is closed.");
  else told = poll.round > 1 ? tr("Vote once more.") : tr("What do you predict?");
  say(".rv-vote", told);
}

// What the numbers say by now, where that is no longer what they said. No status: its epoch moves with training, and each
// would be spoken.
function turn() {
  const { lesson, outcome, turned } = hall;
  if (!lesson || !outcome || !turned) return "";
  const { epoch } = turned;
  const now = lesson.choices.find(([key]) => key === turned.outcome);
  if (now) return tr("By epoch {epoch} they say “{outcome}”.", { epoch, outcome: words(now[1]).textContent });
  if (turned.outcome === UNCLEAR) return tr("By epoch {epoch} it is no longer clear.", { epoch });
  return tr("By epoch {epoch} they fit none of the answers.", { epoch });
}

// A vote names its question: the lecturer may have gone on meanwhile. Until the server has answered it may have gone into a
// line that was dead, and is given again on the next one if its question stands.
let wish = null;
function vote(given) {
  wish = given;
  if (line?.readyState === WebSocket.OPEN) line.send(JSON.stringify(given));
}

function voteAgain() {
  const stands = hall.poll?.open && [hall.lesson?.name, hall.poll.round].join() === wish?.of.join();
  if (stands) vote(wish);
  else wish = null;
}

function tellHall() {
  part("h1 span").textContent = hall.title ?? "";
  document.title = `${hall.title || tr("Follow")} · regviz`;
  for (const its of [part("h1 span"), ...app.querySelectorAll("[data-lecturer]")]) its.lang = hall.lang ?? "";
  tellQuestion();
  tellSentence();
  tellStatus();
}

// What stands above the picture: what is wrong, if something is, else whether it plays.
const AWAY = {
  left: tr("The lecturer's page is away. The picture goes on when it is back."),
  cut: tr("The lecturer's page cannot be reached. The picture goes on when it is back."),
  lab: tr("The lecturer's lab has ended. The picture goes on when it is started again."),
};
let trouble = tr("Connecting…");
let back = 0;
function tellStatus() {
  const now = performance.now();
  let text = trouble;
  if (!text && hall.away) text = AWAY[hall.away];
  if (!text && hall.hidden) text = tr("The lecturer's page is in the background, and the picture stands.");
  if (!text && hall.stands) text = tr("The picture stands: nothing has come from the lecturer for some seconds.");
  if (!text && hall.crowded) text = tr("The server has no room for another picture. The lecturer's comes when there is some.");
  const mended = !text && back && now < back;
  if (mended) text = tr("The connection is back.");
  if (!text && !part(".rv-sheet").children.length) text = tr("Waiting for the lecturer's picture…");
  const paused = waits() ? tr("Before the start") : tr("Paused by the lecturer");
  const plain = text ? "" : { playing: tr("Live"), paused, done: tr("At the end") }[state] ?? "";
  const status = part(".rv-status");
  status.dataset.trouble = mended ? "mended" : text ? "true" : "";
  if (status.textContent !== (text || plain)) status.textContent = text || plain;
  part(".rv-view").toggleAttribute("data-stands", !!(trouble || hall.away || hall.stands || hall.crowded));
}

// For a screen reader: the numbers of all lanes, and what they say by now, as often as one can listen.
let spoken = "";
setInterval(() => {
  const [, score, loss] = headings; // in the language of the lab
  const lanes = table.map(({ cells }) => `${cells[0]}: ${score} ${cells[1]}, ${loss} ${cells[2]}`);
  const numbers = table.length ? tr("Epoch {epoch}. {lanes}.", { epoch, lanes: lanes.join("; ") }) : "";
  const text = [numbers, turn()].filter(Boolean).join(" ");
  if (text && text !== spoken) part(".rv-spoken").textContent = spoken = text;
}, SPEAK_EVERY);
