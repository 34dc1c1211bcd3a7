/** Signs in, lists films, plays one and resumes it: see docs/frontends.md. */

const API = new URLSearchParams(location.search).get("api") ?? "http://127.0.0.1:8000";
const SAVE_EVERY = 10; // seconds
const $ = (id) => document.getElementById(id);

/** The parsed answer. A 401 is refreshed once; whatever is no success is thrown. */
async function call(path, options = {}, mayRefresh = true) {
  const response = await fetch(API + path, {
    credentials: "include",
    ...options,
    headers: options.body ? { "Content-Type": "application/json" } : {},
  });
  const isSessionOver = response.status === 401 && !response.headers.has("X-Second-Factor");
  if (isSessionOver && mayRefresh && (await refreshed())) return call(path, options, false);
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(textOf(body)), { response });
  return body;
}

const send = (path, body, method = "POST") => call(path, { method, body: JSON.stringify(body) }, path !== "/api/login/");

/** Parallel requests share one refresh. */
let refreshing = null;
function refreshed() {
  refreshing ??= fetch(`${API}/api/token/refresh/`, { method: "POST", credentials: "include" })
    .then((response) => response.ok, () => false)
    .finally(() => {
      refreshing = null;
    });
  return refreshing;
}

/** `{detail}` or `{field: [messages]}`, as one text. */
function textOf(body) {
  return Object.values(body).flat().filter((value) => typeof value === "string").join(" ") || "That did not work.";
}

function say(text) {
  $("message").textContent = text;
}

function show(isSignedIn) {
  $("sign-in").hidden = isSignedIn;
  $("signed-in").hidden = !isSignedIn;
}

$("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await send("/api/login/", Object.fromEntries(new FormData(event.target)));
    say("");
    await list();
  } catch (error) {
    $("code").hidden = error.response?.headers.get("X-Second-Factor") !== "required";
    say(error.message);
  }
});

$("sign-out").addEventListener("click", async () => {
  player?.destroy();
  await send("/api/logout/", {}).catch(() => {});
  show(false);
});

async function list() {
  const films = await call("/api/video/");
  show(true);
  $("films").replaceChildren(...films.map(item));
  if (!films.length) say("There are no films yet.");
}

function item(film) {
  const button = document.createElement("button");
  button.textContent = film.position ? `${film.title} (from ${Math.round(film.position)} s)` : film.title;
  button.addEventListener("click", () => play(film));
  const element = document.createElement("li");
  element.append(button);
  return element;
}

let player = null;
let playing = null;
let savedAt = 0;

async function play(film) {
  player?.destroy();
  player = null;
  playing = null;
  const video = $("video");
  const start = (await call(`/api/video/${film.id}/position/`)).seconds;
  if (window.Hls?.isSupported()) {
    player = new window.Hls({ startPosition: start, xhrSetup: (xhr) => { xhr.withCredentials = true; } });
    player.on(window.Hls.Events.ERROR, (_, { fatal, details }) => fatal && say(`Playing failed: ${details}`));
    player.loadSource(`${API}/api/video/${film.id}/master.m3u8`);
    player.attachMedia(video);
  } else {
    // Native players send no cookies to another origin: a link opens the film instead.
    video.src = (await send(`/api/video/${film.id}/play-link/`, {})).url;
    video.addEventListener("loadedmetadata", () => { video.currentTime = start; }, { once: true });
  }
  playing = film;
  savedAt = start;
  await video.play().catch(() => say("Press play."));
}

/** `keepalive` lets the request outlive the page. */
function save() {
  if (!playing || !$("video").currentTime) return;
  savedAt = $("video").currentTime;
  const body = JSON.stringify({ seconds: savedAt });
  call(`/api/video/${playing.id}/position/`, { method: "PUT", body, keepalive: true }).catch((error) => say(error.message));
}

$("video").addEventListener("timeupdate", () => {
  if (Math.abs($("video").currentTime - savedAt) >= SAVE_EVERY) save();
});
$("video").addEventListener("pause", save);
window.addEventListener("pagehide", save);

list().catch((error) => {
  show(false);
  if (error.response?.status !== 401) say(error.message);
});
