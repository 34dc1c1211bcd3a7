/** The studio: films are dropped, uploaded, described and followed until they are ready. */

import { t } from "../language.js";
import { filesOf, refusal } from "./drop.js";
import { ARRIVED, FAILED, NEEDS_FILE, REFUSED } from "./film.js";
import { ask, send, words } from "./http.js";
import { Queue } from "./queue.js";
import { Row } from "./row.js";

const FOLLOW_EVERY = 2000;
const studio = document.getElementById("vf-studio");
const zone = document.getElementById("vf-zone");
const list = document.getElementById("vf-films");
const limits = {
  endings: studio.dataset.endings.split(" "),
  largest: { bytes: Number(studio.dataset.largest), words: studio.dataset.largestWords },
};
const rows = new Map();
const settled = new Set();

const replaces = Number(studio.dataset.replaces) || null;
const queue = new Queue({ ask, wait, refusal: (file) => refusal(file, limits), onChange: draw, replaces });

/** Ends early when the line comes back, or when the upload is stopped. */
function wait(seconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 1000 * seconds);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    addEventListener("online", end, { once: true });
    signal?.addEventListener("abort", end, { once: true });
  });
}

function draw(film) {
  if (!queue.films.includes(film)) {
    drop(film);
    return;
  }
  let row = rows.get(film);
  if (!row) {
    row = new Row(film, queue);
    rows.set(film, row);
    list.append(row.element);
  }
  const before = row.element.dataset.state;
  row.draw();
  if (before !== film.state) announce(film);
  summarize();
}

/** What is worth hearing while one does something else. */
function announce(film) {
  if (film.state === ARRIVED && film.file) say(t("%(name)s has arrived.", { name: film.name }));
  if ([FAILED, REFUSED].includes(film.state)) say(`${film.name}: ${film.words}`);
}

function say(text) {
  document.getElementById("vf-live").textContent = text;
}

/** What is wrong with more than one film, for all to see. */
function tell(text) {
  document.getElementById("vf-told").textContent = text;
}

function summarize() {
  document.getElementById("vf-summary").textContent = queue.summary;
  document.getElementById("vf-queue").hidden = !queue.films.length;
  const isOpen = queue.films.some((film) => film.isOpen);
  for (const id of ["vf-pause-all", "vf-resume-all"]) document.getElementById(id).hidden = !isOpen;
  document.getElementById("vf-again").hidden = !queue.films.some(({ state }) => state === NEEDS_FILE);
}

/** A film that left the list takes its row along, and hands the focus on. */
function drop(film) {
  rows.get(film)?.element.remove();
  rows.delete(film);
  summarize();
  const next = queue.films.length ? document.getElementById("vf-heading") : zone.querySelector("input");
  next.focus();
}

/** What was begun earlier has to be known first, or it would begin anew. */
async function take(files, unreadable = []) {
  await restored;
  if (replaces && files.length > 1) {
    tell(t("Please drop one file only: it takes the place of the film."));
    return;
  }
  tell("");
  if (unreadable.length) tell(t("These could not be read: %(names)s.", { names: unreadable.join(", ") }));
  await queue.take(files);
}

function startDropping() {
  for (const input of studio.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      take([...input.files]);
      input.value = "";
    });
  }
  addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    zone.classList.add("vf-over");
  });
  addEventListener("dragleave", ({ relatedTarget }) => relatedTarget ?? zone.classList.remove("vf-over"));
  addEventListener("drop", async (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    zone.classList.remove("vf-over");
    const { files, unreadable } = await filesOf(event.dataTransfer);
    await take(files, unreadable);
  });
}

/** What was begun earlier, from the server alone: nothing of it is kept in the browser. */
async function restore() {
  const answer = await ask("GET", "/api/uploads/?finished=true");
  if (answer.status === 200) queue.restore(answer.json);
  else tell(t("What was begun earlier cannot be shown: %(why)s Please reload the page.", { why: words(answer) }));
}

/** Ask how far the workers are with what has arrived. */
async function follow() {
  const followed = queue.films.filter((film) => film.state === ARRIVED && !settled.has(film));
  if (followed.length && !document.hidden) {
    const ids = followed.map(({ upload }) => upload.video).join(",");
    const { status, json } = await send("GET", `${studio.dataset.progress}?notes=1&ids=${ids}`);
    if (status === 200) followed.forEach((film) => show(film, json[film.upload.video]));
  }
  setTimeout(follow, FOLLOW_EVERY);
}

function show(film, state) {
  if (!state) return;
  rows.get(film)?.follow(state);
  const isReady = state.state === "completed" && state.poster;
  if (!isReady && state.state !== "failed") return;
  settled.add(film);
  if (film.file) say(`${film.name}: ${state.label}`);
}

/** Who signed in again in another window finds everything going on. */
function goOnWhenBack() {
  const isSignedOut = (film) => film.state === FAILED && film.isSignedOut;
  addEventListener("visibilitychange", async () => {
    if (document.hidden || !queue.films.some(isSignedOut)) return;
    const { status } = await ask("GET", "/api/uploads/");
    if (status === 200) queue.films.filter(isSignedOut).forEach((film) => queue.retry(film));
  });
}

/** Uploads go on where they stopped, so only what the server does not know yet would be lost. */
function warnBeforeLoss() {
  addEventListener("beforeunload", (event) => {
    const isUnknown = queue.films.some((film) => film.isOpen && !film.upload);
    if (isUnknown || [...rows.values()].some(({ hasUnsaved }) => hasUnsaved)) event.preventDefault();
  });
}

document.getElementById("vf-pause-all").addEventListener("click", () => queue.pauseAll());
document.getElementById("vf-resume-all").addEventListener("click", () => queue.resumeAll());
startDropping();
warnBeforeLoss();
goOnWhenBack();
const restored = restore();
restored.then(follow);
