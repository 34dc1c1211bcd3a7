/** What the viewer's profile chose: languages, subtitles, their look; kept by the server for every device. */

import { ApiError } from "../api.js";
import { savePreferences } from "../films.js";
import { forget, recall, remember } from "../store.js";

const GATHER = 400; // milliseconds
const ASK_AGAIN = 10_000;

/**
 * `kept` is what the API says with a film, `save(changes)` sends some and answers with all. What
 * could not be sent waits in this browser for the same profile, and holds until the server's state
 * is another one: then it has arrived after all, or another device knows better.
 */
export class Preferences {
  #kept;
  #unsent;
  #place;
  #save;
  #timer;
  #isSending = false;

  constructor(kept = {}, save = savePreferences) {
    this.#kept = kept;
    this.#save = save;
    this.#place = `videoflix.preferences.${kept.owner}`;
    this.#unsent = waiting(recall(this.#place), kept);
    this.#settle(0);
  }

  /** By their names in the API; names of nothing are missing, empty or null. */
  get now() {
    return { ...this.#kept, ...this.#unsent };
  }

  change(changes) {
    this.#unsent = { ...this.#unsent, ...changes };
    this.#settle(GATHER);
  }

  /** At once, also while the page goes away. */
  async send() {
    clearTimeout(this.#timer);
    const sent = this.#unsent;
    if (isEmpty(sent)) return;
    this.#isSending = true;
    let wait = GATHER;
    try {
      this.#kept = await this.#save(sent);
      this.#forget(sent);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!error.isTemporary && !error.isSessionOver) this.#forget(sent); // refused for good
      wait = ASK_AGAIN;
    } finally {
      this.#isSending = false;
    }
    this.#settle(wait);
  }

  #forget(sent) {
    this.#unsent = Object.fromEntries(Object.entries(this.#unsent).filter(([name, value]) => sent[name] !== value));
  }

  /** Note what waits, and send it in `wait` milliseconds, one call after the other. */
  #settle(wait) {
    clearTimeout(this.#timer);
    if (isEmpty(this.#unsent)) return forget(this.#place);
    remember(this.#place, JSON.stringify({ kept: this.#kept, unsent: this.#unsent }));
    this.#timer = setTimeout(() => (this.#isSending ? this.#settle(GATHER) : this.send()), wait);
  }
}

const isEmpty = (changes) => Object.keys(changes).length === 0;

function waiting(text, kept) {
  try {
    const noted = JSON.parse(text);
    return JSON.stringify(noted.kept) === JSON.stringify(kept) ? { ...noted.unsent } : {};
  } catch {
    return {}; // nothing waits
  }
}
