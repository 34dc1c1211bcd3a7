/** One film on the screen, from its loading to its end or to the next film. */

import { $, show } from "../dom.js";
import * as films from "../films.js";
import { chapterAt, chaptersOf, drawMarks } from "./chapters.js";
import { tell } from "./events.js";
import { enoughToPlay } from "./growing.js";
import { outlook } from "./outlook.js";
import { loadStoryboard } from "./previews.js";
import { end } from "./range.js";
import { keepPosition } from "./resume.js";
import { load } from "./stream.js";

const STATUS_EVERY = 3000;

export class Showing {
  #over = new AbortController();
  #isGrowing = false;
  #cause;
  storyboard = [];

  /** `menus` are `{quality, languages, subtitles}`; `onTrouble(kind)` is called when it is over for good. */
  constructor(video, film, { prepared, variant, menus, onTrouble }) {
    Object.assign(this, { video, film });
    this.#isGrowing = films.isEncoding(film);
    const startAt = film.position ?? 0;
    const { hls, cause } = load(video, films.masterUrl(film.id), {
      ...prepared, variant, startAt, isGrowing: this.#isGrowing, signal: this.#over.signal, on: listeners(film.id, menus, onTrouble),
    });
    this.hls = hls;
    this.#cause = cause;
    this.canBegin = this.#isGrowing && enoughToPlay(video, (film.duration ?? Infinity) - startAt, this.#over.signal);
    for (const menu of Object.values(menus)) menu.follow(hls);
    keepPosition(film.id, video, startAt, this.#over.signal);
    this.#followEncoding();
    tell("film", { id: film.id, video, hls });
  }

  /** The whole length in seconds: of a growing film also what is not there yet. */
  get length() {
    const there = end(this.video);
    return this.#isGrowing ? Math.max(there, this.film.duration ?? 0) : there || (this.film.duration ?? 0);
  }

  get chapters() {
    return chaptersOf(this.film.chapters, this.length, this.film.credits_at);
  }

  /** Why nothing arrives. */
  get cause() {
    return this.#cause();
  }

  chapterAt(time) {
    return chapterAt(this.chapters, time)?.title ?? "";
  }

  /** Make room for another film in the same <video>, which keeps its speed and its right to play. */
  stop() {
    tell("over", { id: this.film.id });
    this.#over.abort();
    this.hls?.destroy();
  }

  /** Say that the rest is still coming, until all is there; then fetch the pictures for the seek bar. */
  async #followEncoding() {
    const state = await films.status(this.film.id).catch(() => null);
    if (this.#over.signal.aborted) return;
    if (state !== null) this.#isGrowing = films.isEncoding(state);
    this.#showProgress(state);
    if (this.#isGrowing || state === null) setTimeout(() => this.#followEncoding(), STATUS_EVERY);
    else this.storyboard = await loadStoryboard(films.storyboardUrl(this.film.id));
  }

  #showProgress(state) {
    const note = $("#encoding");
    const isShown = state !== null && this.#isGrowing;
    if (isShown) note.textContent = outlook(state, end(this.video));
    show(note, isShown);
    drawMarks(this.chapters, this.length);
  }
}

function listeners(id, menus, onTrouble) {
  let last = null;
  return {
    levels: (levels) => menus.quality.fill(levels),
    level: (index, name) => {
      menus.quality.show(index);
      if (last !== null && last !== name) tell("switch", { id, from: last, to: name });
      last = name;
    },
    subtitles: (tracks) => menus.subtitles.fill(tracks),
    audio: (tracks) => menus.languages.fill(tracks),
    renewed: () => menus.quality.insist(),
    trouble: (kind) => {
      tell("error", { id, kind });
      onTrouble(kind);
    },
  };
}
