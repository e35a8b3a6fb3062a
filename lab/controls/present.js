// Presents the lab to a hall: opens a room on the page's server, shows its code, and what the hall has answered. The
// pictures need nothing of this page: they pass through the server anyway.

const TOKEN = "regviz.room"; // in this tab's storage: a room outlives a reload, and the way to the next lesson
const LOOK_EVERY = 400; // milliseconds between two looks at what the page shows

const OPTION = "<code>--host&nbsp;0.0.0.0</code>";
const REACH = tr("Only this machine reaches the link. For others, start the server with {option}.", { option: OPTION });

const DIALOG = `
  <h2>${tr("Follow this lab")}</h2>
  <p class="rv-room-code"></p>
  <div class="rv-room-qr"></div>
  <p class="rv-room-link"></p>
  <p class="rv-room-note" role="status"></p>
  <p class="rv-room-reach" hidden>${REACH}</p>
  <div class="rv-room-buttons">
    <button type="button" data-act="close">${tr("Go on")}</button>
    <button type="button" data-act="open">${tr("Open a new room")}</button>
    <button type="button" data-act="copy">${tr("Copy link")}</button>
    <button type="button" data-act="end">${tr("End")}</button>
  </div>`;

const HALL = `
  <div class="rv-hall-count" role="status"></div>
  <ul hidden></ul>
  <div class="rv-hall-buttons">
    <button type="button" data-act="reveal">${tr("Reveal")}</button>
    <button type="button" data-act="again">${tr("Vote again")}</button>
    <button type="button" data-act="csv">${tr("Votes as CSV")}</button>
  </div>`;

function store(token) {
  try {
    if (token) sessionStorage.setItem(TOKEN, token);
    else if (token === "") sessionStorage.removeItem(TOKEN);
    return sessionStorage.getItem(TOKEN) ?? "";
  } catch { // storage is off: the room lasts as long as the page
    return "";
  }
}

function render({ model, el }) {
  el.classList.add("rv-present");
  if (!ownPage()) return; // the server of a notebook has no rooms
  const app = () => el.closest(".rv-app");
  const canvas = () => app()?.querySelector("canvas[data-regviz=screen]");
  const page = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");
  const base = location.href.split(/[?#]/)[0].replace(/voila\/render\/.*$/, "");
  const button = element("button", { type: "button", title: tr("Let a hall follow this lab on their own screens") });
  const dialog = element("dialog", { class: "rv-dialog rv-room", "aria-label": tr("The room") });
  dialog.innerHTML = DIALOG;
  const inside = (name) => dialog.querySelector(`.rv-room-${name}`);
  el.append(button, dialog);
  const hall = element("div", { class: "rv-hall" });
  hall.innerHTML = HALL;

  let room = null; // code, link, … once it is open
  let token = store(); // of the room that is taken up again: after a reload, a lost line, or what it was refused for
  let count = { followers: 0, answered: 0, asked: 0, poll: null };
  let told = {};
  let gone = false;
  let ending = false; // true once the lecturer has pressed End
  let over = false; // true while it is said that the room has ended by itself

  const spaced = (code) => `${code.slice(0, 3)} ${code.slice(3)}`;
  const wish = () => { // the language that the page's link asks for is the hall's, too
    const lang = new URLSearchParams(location.search).get("lang");
    return lang ? new URLSearchParams({ lang }).toString() : "";
  };
  const people = (number) => ntr("{n} follows", "{n} follow", number);

  const line = new HallLine({
    address() {
      const found = new URL("present", base);
      found.protocol = found.protocol.replace("http", "ws");
      found.searchParams.set("lang", LANG);
      return found;
    },
    greet: () => ({ kind: "open", kernel: page.kernelId, view: canvas().dataset.view, token, base, query: wish() }),
    hear,
    lost(opened) {
      gone = !!room;
      if (!token && !opened) note(tr("This server has no rooms. A lab is presented from a server that was started by regviz app."));
      show();
      return token || opened;
    },
  });

  function hear(message) {
    if (message.kind === "open") {
      room = message;
      gone = false;
      token = store(room.token) || room.token;
      told = {};
      if (ending) line.say({ kind: "end" });
      look();
    } else if (message.kind === "count") count = { answered: 0, asked: 0, ...message };
    else if (message.kind === "whole") canvas()?.dispatchEvent(new Event("whole"));
    else if (message.kind === "csv") saveFile({ name: "votes.csv", type: "text/csv" }, [message.text]);
    else if (message.kind === "refused") {
      const waits = room && tr("Room {code} is kept for a while, and goes on when this page presents again.", { code: spaced(room.code) });
      forget();
      note([message.sentence, waits].filter(Boolean).join(" "), message.login);
    } else if (message.kind === "taken") {
      forget();
      token = "";
      note(tr("Another page presents in this room now."));
    } else if (message.kind === "ended") {
      forget();
      token = store("");
      over = !ending;
      if (over) note(tr("Your room has ended, and its code with it: this page was away for too long, or the server was started anew."));
    }
    show();
  }

  function forget() {
    room = null;
    gone = false;
    line.drop();
    if (dialog.open) dialog.close();
  }

  function note(sentence, login = false) {
    inside("note").textContent = sentence;
    if (login) {
      const href = new URL(`login?next=${encodeURIComponent(location.pathname + location.search)}`, base);
      inside("note").append(" ", element("a", { href }, tr("Give it")));
    }
    if (!dialog.open) dialog.showModal();
  }

  // What the page shows beside its picture; the server is told what has changed.
  function look() {
    if (!room || gone) return;
    const lesson = app()?.querySelector(".rv-lesson")?.dataset;
    const { key, ...question } = model.get("question") ?? {};
    if (lesson && lesson.asked !== key) return; // another is asked: the lesson's own news of it are under way
    const found = lesson?.by >= 0 ? lesson.found : ""; // what an earlier visit has found, these networks have yet to show
    const path = location.pathname.slice(new URL(base).pathname.length);
    const query = new URLSearchParams(location.search);
    query.delete("theme");
    const now = {
      title: model.get("title"),
      lang: LANG,
      hidden: document.hidden,
      copy: path + (String(query) && `?${query}`), // `query.size` is younger than browsers that do all else
      lesson: lesson ? question : null,
      outcome: found,
      turned: found && lesson.turned ? { outcome: lesson.turned, epoch: Number(lesson.by) } : null,
      observation: (/watch|explain/.test(lesson?.phase) && app().querySelector(".rv-observation")?.textContent) || "",
    };
    const news = Object.entries(now).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(told[key]));
    if (!news.length) return;
    told = now;
    line.say({ kind: "state", ...Object.fromEntries(news) });
  }

  function show() {
    button.textContent = !room ? tr("Present") : gone ? tr("Reconnecting…") : `${spaced(room.code)} · ${count.followers}`;
    button.dataset.on = String(!!room);
    button.setAttribute("aria-label", !room ? tr("Present")
      : gone ? tr("Room {code}: reconnecting…", { code: spaced(room.code) })
      : tr("Room {code}, {people}", { code: spaced(room.code), people: people(count.followers) }));
    for (const name of ["code", "qr", "link"]) inside(name).hidden = !room;
    for (const act of ["copy", "end"]) dialog.querySelector(`[data-act=${act}]`).hidden = !room;
    dialog.querySelector("[data-act=open]").hidden = !!room || !over;
    if (room && inside("code").dataset.code !== room.code) {
      inside("code").dataset.code = room.code;
      inside("code").textContent = spaced(room.code);
      inside("link").textContent = room.link;
      inside("qr").innerHTML = room.qr;
      inside("qr").firstElementChild?.setAttribute("role", "img");
      inside("qr").firstElementChild?.setAttribute("aria-label", tr("QR code of the link"));
    }
    inside("reach").hidden = !room || room.reach;
    if (room) {
      const { followers } = count;
      inside("note").textContent = gone
        ? tr("The connection to the server is lost. Trying again…")
        : followers ? ntr("{n} person follows.", "{n} people follow.", followers) : tr("Nobody follows yet.");
    }
    showHall();
  }

  function showHall() {
    const { poll, answered, asked } = count;
    const predict = app()?.querySelector(".rv-predict");
    if (predict && hall.parentElement !== predict) predict.append(hall);
    hall.hidden = !room || !poll || !model.get("question");
    if (hall.hidden) return;
    let text = poll.round > 1
      ? tr("{answered} of {asked} have answered in vote {vote}.", { answered, asked, vote: poll.round })
      : tr("{answered} of {asked} have answered.", { answered, asked });
    const secret = poll.counts.length < poll.round; // the shares of this vote
    if (!poll.open && secret) text += ` ${tr("The vote is closed.")}`;
    if (!poll.open && !poll.more) text += ` ${tr("There is no further vote: one question has {most} at most.", { most: poll.round })}`;
    const status = hall.firstElementChild;
    if (status.textContent !== text) status.textContent = text;
    const list = hall.querySelector("ul");
    list.hidden = !poll.counts.length;
    const { choices } = model.get("question");
    list.replaceChildren(...choices.map(([, choice], place) => element("li", {}, words(choice), ...bars(poll.counts, place))));
    hall.querySelector("[data-act=reveal]").hidden = !secret;
    hall.querySelector("[data-act=again]").hidden = secret || !poll.more;
  }

  function open() {
    over = ending = false;
    inside("note").textContent = tr("Opening a room…");
    line.keep();
    show();
  }

  button.addEventListener("click", () => {
    if (!room) open();
    dialog.showModal();
  });
  dialog.addEventListener("click", async (event) => {
    const act = event.target.dataset?.act;
    if (act === "close") dialog.close();
    if (act === "open") open();
    if (act === "end") {
      ending = true; // once the line is back, if it is lost now
      line.say({ kind: "end" });
    }
    if (act === "copy") await copy(room.link, event.target);
  });
  hall.addEventListener("click", (event) => {
    const act = event.target.dataset?.act;
    if (act) line.say({ kind: act });
  });
  const looking = setInterval(look, LOOK_EVERY);
  document.addEventListener("visibilitychange", look);

  // A room that this tab had before a reload; the picture says its view once it stands.
  const waiting = token && setInterval(() => {
    if (!canvas()?.dataset.view) return;
    clearInterval(waiting);
    line.keep();
  }, 100);
  show();

  return () => {
    line.stop();
    clearInterval(looking);
    clearInterval(waiting);
    document.removeEventListener("visibilitychange", look);
    hall.remove();
  };
}

export default { render };
