/** After the end: the next episode with a countdown, or more like this; and from the beginning. */

import { $, show } from "../dom.js";
import { watchUrl } from "../films.js";
import { t } from "../language.js";

export const COUNTDOWN = 10; // seconds

/** Counts down once a second while nobody is kept from seeing it. */
export class Countdown {
  #timer = null;

  /** `isHeld()` stops the clock; `onTick(seconds)` is called at each change, `onEnd()` at zero. */
  constructor({ isHeld, onTick, onEnd }) {
    Object.assign(this, { isHeld, onTick, onEnd });
  }

  start(seconds = COUNTDOWN) {
    this.stop();
    this.left = seconds;
    this.onTick(this.left);
    this.#timer = setInterval(() => this.#tick(), 1000);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #tick() {
    if (this.isHeld()) return;
    this.left -= 1;
    this.onTick(this.left);
    if (this.left > 0) return;
    this.stop();
    this.onEnd();
  }
}

/** Films like `film`, without itself and the next. */
export function alike(films, film, most = 6) {
  return films.filter(({ id }) => id !== film.id && id !== film.next?.id).slice(0, most);
}

/** `actions` are `{film(), more(film), playNext(next), replay()}` and the profile's `preferences`. */
export function startAfterwards(player, video, actions) {
  const panel = $("#afterwards");
  const countdown = new Countdown({
    isHeld: () => document.hidden,
    onTick: (left) => ($("#next-when").textContent = t("Starts in %(count)s s", { count: left })),
    onEnd: () => go(),
  });
  const close = () => {
    countdown.stop();
    show(panel, false);
    player.classList.remove("over");
  };
  const go = () => {
    const { next } = actions.film();
    close();
    actions.playNext(next);
  };
  const stay = () => {
    countdown.stop();
    $("#next-when").textContent = "";
    show($("#next-cancel"), false);
  };
  const count = () => {
    show($("#next-cancel"));
    countdown.start();
  };
  const begin = () => {
    const goesOn = actions.preferences.now.plays_next !== false;
    $("#next-alone").checked = goesOn;
    (goesOn ? count : stay)();
  };
  $("#next-now").addEventListener("click", go);
  $("#next-cancel").addEventListener("click", stay);
  $("#next-alone").addEventListener("change", ({ target: { checked } }) => {
    actions.preferences.change({ plays_next: checked });
    (checked ? count : stay)();
  });
  $("#replay").addEventListener("click", () => {
    close();
    actions.replay();
  });
  video.addEventListener("ended", () => open(player, actions, begin));
  for (const name of ["play", "seeking", "emptied"]) video.addEventListener(name, close);
  panel.addEventListener("keydown", (event) => event.key === "Escape" && stay());
}

async function open(player, actions, begin) {
  const film = actions.film();
  player.classList.add("over");
  player.classList.remove("idle");
  show($("#next"), Boolean(film.next));
  show($("#more"), false);
  show($("#afterwards"));
  if (film.next) {
    $("#next-title").textContent = nextTitle(film.next);
    showPoster($("#next-poster"), film.next);
    begin();
    return $("#next-now").focus({ focusVisible: false });
  }
  const more = await actions.more(film);
  $("#more-list").replaceChildren(...more.map(item));
  show($("#more"), more.length > 0);
}

/** "S2 E5 · Title", as far as there are numbers. */
export function nextTitle({ title, season, episode }) {
  const place = [[t("S"), season], [t("E"), episode]].filter(([, number]) => Number.isInteger(number)).map((pair) => pair.join(""));
  return [place.join(" "), title].filter(Boolean).join(" · ");
}

function item(film) {
  const link = document.createElement("a");
  link.href = watchUrl(film.id);
  const poster = document.createElement("img");
  poster.alt = "";
  showPoster(poster, film);
  const name = document.createElement("span");
  name.textContent = film.title;
  link.append(poster, name);
  const element = document.createElement("li");
  element.append(link);
  return element;
}

function showPoster(image, { thumbnail_url: poster }) {
  show(image, Boolean(poster));
  if (poster) image.src = poster;
}
