/**
 * A film that is still being encoded: better pictures follow the first ones, and hls.js is kept
 * to those that are there. By itself it would wait at the end of a level that has just begun.
 */

import { status } from "../films.js";
import { AUTOMATIC, levelName } from "./choices.js";
import { loadedUpTo } from "./range.js";

const ASK_EVERY = 2000;
const ASK_SOON = 500; // while little is loaded
const TO_BEGIN = 12; // seconds of a level beyond what is loaded, to change to it
const TO_STAY = 7; // and to go on with it: more than the longest segment
const STORE = 18; // seconds to load ahead: what is loaded does not get better any more
const TO_PLAY = 4; // seconds to begin with: the first segment alone is over before the next is encoded
const HOLD = 3000; // at most, from the first picture on

/**
 * The best of `levels` (poorest first) that is there where loading goes on at `until` seconds.
 * `ready` has seconds by name; what it does not name is all there, and so is what is there as
 * far as any other. `current` is the level that is loading now.
 */
export function readyLevel(levels, ready, until, current) {
  const furthest = Math.max(...Object.values(ready));
  const isThere = (level, index) => {
    const seconds = ready[levelName(level)] ?? Infinity;
    return seconds >= furthest || seconds >= until + (index <= current ? TO_STAY : TO_BEGIN);
  };
  return levels.reduce((best, level, index) => (isThere(level, index) ? index : best), 0);
}

/** Resolves when so much is loaded, of the `seconds` still to come, that the film need not stop at once. */
export function enoughToPlay(video, seconds, signal) {
  const isEnough = () => loadedUpTo(video) - video.currentTime >= Math.min(TO_PLAY, seconds);
  return new Promise((resolve) => {
    video.addEventListener("progress", () => isEnough() && resolve(), { signal });
    video.addEventListener("loadeddata", () => setTimeout(() => signal.aborted || resolve(), HOLD), { signal });
    video.addEventListener("play", resolve, { signal }); // the viewer does not want to wait
  });
}

/** Keep `hls` to what is there of a growing film, from its master on until all of it is. */
export function keepToWhatIsThere(hls, video, id) {
  hls.once(hls.constructor.Events.MANIFEST_PARSED, () => new Growing(hls, video, id).start());
}

class Growing {
  constructor(hls, video, id) {
    Object.assign(this, { hls, video, id, ready: null, wanted: AUTOMATIC });
    this.allowed = hls.firstLevel; // the master names first what can be watched from the start
    this.look = () => this.#look();
  }

  start() {
    const { hls } = this;
    const { Events } = hls.constructor;
    const controller = hls.capLevelController;
    this.byPlayerSize = controller.getMaxLevel.bind(controller);
    controller.getMaxLevel = (index) => Math.min(this.byPlayerSize(index), this.allowed);
    hls.startLevel = Math.min(hls.startLevel, this.allowed);
    this.store = hls.config.maxMaxBufferLength;
    hls.config.maxMaxBufferLength = STORE;
    for (const event of [Events.FRAG_BUFFERED, Events.LEVEL_SWITCHING]) hls.on(event, this.look);
    hls.once(Events.DESTROYING, () => {
      clearTimeout(this.timer);
      this.isOver = true;
    });
    this.#apply();
    this.#ask();
  }

  /** Ask what is there, until all is. */
  async #ask() {
    const state = await status(this.id).catch(() => null);
    if (this.isOver) return;
    if (state?.ready) this.ready = state.ready;
    if (state && !Object.keys(state.ready ?? {}).length) return this.#end();
    this.#look();
    this.#reloadPlaylist();
    const isShort = loadedUpTo(this.video) - this.video.currentTime < TO_STAY;
    this.timer = setTimeout(() => this.#ask(), isShort ? ASK_SOON : ASK_EVERY);
  }

  /** As soon as it has grown: by itself hls.js looks again only after half a segment's length. */
  #reloadPlaylist() {
    const { levels, loadLevel, levelController } = this.hls;
    const { details } = levels[loadLevel] ?? {};
    if (!details?.live || !(this.ready?.[levelName(levels[loadLevel])] > details.edge + 0.1)) return;
    details.requestScheduled = 0;
    levelController.loadPlaylist();
  }

  #look() {
    const { hls, video, ready } = this;
    if (ready) this.allowed = readyLevel(hls.levels, ready, loadedUpTo(video), hls.loadLevel);
    this.#apply();
  }

  #apply() {
    const { hls, allowed } = this;
    hls.autoLevelCapping = Math.min(this.byPlayerSize(hls.levels.length - 1), allowed);
    if (hls.manualLevel > allowed) {
      this.wanted = hls.manualLevel; // the viewer's choice, as soon as it is there
      hls.loadLevel = AUTOMATIC;
    } else if (hls.manualLevel !== AUTOMATIC) {
      this.wanted = AUTOMATIC;
    } else if (this.wanted !== AUTOMATIC && this.wanted <= allowed) {
      hls.loadLevel = this.wanted;
    }
  }

  #end() {
    const { Events } = this.hls.constructor;
    for (const event of [Events.FRAG_BUFFERED, Events.LEVEL_SWITCHING]) this.hls.off(event, this.look);
    this.hls.config.maxMaxBufferLength = this.store;
    this.allowed = Infinity;
    this.#apply();
  }
}
