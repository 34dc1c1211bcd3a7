/**
 * Telling the server how the film plays: counters since the viewing began, so that a lost report
 * costs nothing. Sent as plain text, because JSON needs a preflight that a closing page does not get.
 */

const ADDRESS = "/api/playback/";
const EVERY = 15_000;
const PARTS = 20;
const STALL_BOUNDS = [1, 3, 10]; // seconds; what lasts longer is counted at the end

/** The counters of one viewing. `now()` is in milliseconds. */
export class Viewing {
  #watchedSince = null;
  #stalledSince = null;
  #wishedAt;

  constructor(film, name, now = () => performance.now()) {
    this.now = now;
    this.#wishedAt = now();
    this.sequence = 0;
    this.told = {
      ...{ viewing: name, video: film, watched: 0, startup: null, stalls: [0, 0, 0, 0], stalled: 0 },
      ...{ switches: 0, seen: 0, end: "", problem: "", request: "" },
    };
  }

  wish() {
    if (this.told.startup === null) this.#wishedAt = this.now();
  }

  moves() {
    this.told.startup ??= this.#since(this.#wishedAt);
    this.#endStall();
    this.#watchedSince ??= this.now();
    this.told.end = "";
  }

  stands() {
    if (this.#watchedSince === null) return;
    this.told.watched += this.#since(this.#watchedSince);
    this.#watchedSince = null;
  }

  /** For want of data: not for a seek, a pause or a hidden page. */
  stalls() {
    const isRunning = this.#watchedSince !== null;
    this.stands();
    if (isRunning) this.#stalledSince ??= this.now();
  }

  givesUpWaiting() {
    this.stands();
    this.#stalledSince = null;
  }

  sees(position, duration) {
    if (!(duration > 0) || !Number.isFinite(duration)) return;
    const part = Math.floor((PARTS * position) / duration);
    if (part >= 0) this.told.seen |= 1 << Math.min(PARTS - 1, part);
  }

  switches() {
    this.told.switches += 1;
  }

  /** Nobody waits any longer; a stall that made somebody leave has lasted until now. */
  leaves() {
    this.stands();
    this.#endStall();
  }

  ends(how, problem = "") {
    this.leaves();
    Object.assign(this.told, { end: how, problem });
  }

  hears(requestId) {
    if (/^[\w-]{1,64}$/.test(requestId ?? "")) this.told.request = requestId;
  }

  /** What there is to tell at this moment. */
  report() {
    this.sequence += 1;
    const running = this.#watchedSince === null ? 0 : this.#since(this.#watchedSince);
    const waiting = this.#stalledSince === null ? 0 : this.#since(this.#stalledSince);
    const counters = { watched: round(this.told.watched + running), stalled: round(this.told.stalled + waiting) };
    return { ...this.told, ...counters, sequence: this.sequence, startup: this.told.startup && round(this.told.startup) };
  }

  #endStall() {
    if (this.#stalledSince === null) return;
    const seconds = this.#since(this.#stalledSince);
    this.#stalledSince = null;
    const place = STALL_BOUNDS.findIndex((bound) => seconds <= bound);
    this.told.stalls[place < 0 ? STALL_BOUNDS.length : place] += 1;
    this.told.stalled += seconds;
  }

  #since(moment) {
    return Math.max(0, this.now() - moment) / 1000;
  }
}

/** Report the viewing of this film in this element until `close()`. */
export function reportPlayback(video, film) {
  const viewing = new Viewing(film, crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`.replace(/[^\w-]/g, ""));
  const stop = new AbortController();
  const tell = () => navigator.sendBeacon(ADDRESS, new Blob([JSON.stringify(viewing.report())], { type: "text/plain" }));
  listen(video, viewing, stop.signal, tell);
  const timer = setInterval(() => video.paused || tell(), EVERY);
  stop.signal.addEventListener("abort", () => clearInterval(timer));
  tell();
  return {
    viewing,
    fail(problem) {
      viewing.ends("error", problem);
      tell();
    },
    close() {
      viewing.leaves();
      tell();
      stop.abort();
    },
  };
}

function listen(video, viewing, signal, tell) {
  const on = (target, name, does) => target.addEventListener(name, does, { signal });
  // What begins by itself, perhaps after a hold, was wished when the page was opened.
  on(video, "play", () => navigator.userActivation?.isActive !== false && viewing.wish());
  on(video, "playing", () => viewing.moves());
  on(video, "pause", () => {
    viewing.givesUpWaiting();
    tell();
  });
  on(video, "seeking", () => viewing.givesUpWaiting());
  on(video, "waiting", () => (video.seeking || document.hidden ? viewing.stands() : viewing.stalls()));
  on(video, "timeupdate", () => video.paused || viewing.sees(video.currentTime, video.duration));
  on(video, "ended", () => {
    viewing.ends("finished");
    tell();
  });
  on(document, "visibilitychange", () => document.hidden && tell());
  on(globalThis, "pagehide", () => {
    if (!viewing.told.end) viewing.ends("left");
    tell();
  });
}

function round(seconds) {
  return Math.round(seconds * 1000) / 1000;
}
