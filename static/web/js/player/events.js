/**
 * What happens while somebody watches, for whoever wants to report it: an EventTarget with
 * `film` {id}, `start` {id, milliseconds}, `stall` {id, milliseconds}, `switch` {id, from, to},
 * `error` {id, kind}, `watched` {id, seconds} (of this viewing so far) and `end` {id} in `detail`.
 */

export const watching = new EventTarget();

export function tell(name, detail) {
  watching.dispatchEvent(new CustomEvent(name, { detail }));
}

/** Tell of starts, stalls and watched seconds of `video`; `id()` is the present film's. */
export function observe(video, id) {
  const clock = new WatchClock();
  let asked = performance.now();
  let waits = null; // since when
  watching.addEventListener("film", () => {
    clock.reset();
    [asked, waits] = [performance.now(), null];
  });
  const isStalled = () => asked === null && !video.seeking && !video.paused && !document.hidden;
  video.addEventListener("waiting", () => isStalled() && (waits ??= performance.now()));
  video.addEventListener("playing", () => {
    const now = performance.now();
    if (asked !== null) tell("start", { id: id(), milliseconds: now - asked });
    else if (waits !== null) tell("stall", { id: id(), milliseconds: now - waits });
    [asked, waits] = [null, null];
  });
  video.addEventListener("timeupdate", () => {
    if (clock.pass(video.currentTime, video.paused || video.seeking)) tell("watched", { id: id(), seconds: clock.seconds });
  });
  video.addEventListener("ended", () => tell("end", { id: id() }));
}

/** Seconds of film that were played; jumps do not count. */
export class WatchClock {
  seconds = 0;
  #last = null;

  reset() {
    [this.seconds, this.#last] = [0, null];
  }

  /** The film is at `time` now; whether some of it was watched since. */
  pass(time, isInterrupted) {
    const step = this.#last === null ? 0 : time - this.#last;
    this.#last = isInterrupted ? null : time;
    if (isInterrupted || step <= 0 || step > 4) return false;
    this.seconds += step;
    return true;
  }
}
