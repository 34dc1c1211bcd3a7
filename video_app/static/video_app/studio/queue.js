/** The films of the studio, and which of them are sent now. */

import { n } from "../language.js";
import { CHECKING, Film, NEEDS_FILE, REFUSED, UPLOADING, WAITING } from "./film.js";
import { begunUpload, fingerprint } from "./identity.js";

/** Sent side by side: two fill any line, and more would let each take longer. */
const AT_ONCE = 2;

/**
 * `onChange(film)` is called for every film that is new or has changed, or has left the list. With
 * `replaces`, the id of a film, what is dropped takes its place.
 */
export class Queue {
  films = [];

  constructor({ ask, wait, refusal, onChange, replaces = null }) {
    Object.assign(this, { ask, wait, refusal, onChange, replaces });
  }

  /** The uploads that the server knows of: begun here earlier, or in another window. */
  restore(uploads) {
    for (const upload of uploads) this.#enter({ upload });
    this.#advance();
  }

  /** Take dropped files, one after another: each goes on with its upload or begins a new one. */
  async take(files) {
    const films = [];
    for (const file of files) {
      const reason = this.refusal(file);
      if (reason === null) continue;
      if (reason) this.#refuse(file, reason);
      else films.push(await this.#place(file));
    }
    for (const film of films.filter((one) => one?.state === CHECKING)) {
      await film.announce();
      this.#advance();
    }
    this.#advance();
  }

  #refuse(file, reason) {
    this.#enter({ file }).become(REFUSED, reason);
  }

  /** The film that this file belongs to; null when it is in the queue already. */
  async #place(file) {
    const print = await fingerprint(file).catch(() => "");
    const open = this.films.filter((film) => film.isOpen && film.upload && this.#isMeant(film.upload));
    const begun = begunUpload(file, print, open.map((film) => film.upload));
    const film = open.find(({ upload }) => upload === begun);
    if (!film) return this.#enter({ file, print });
    if (film.state === NEEDS_FILE || !film.file) film.adopt(file);
    return null;
  }

  /** Who replaces a film does not go on with what is to be another one. */
  #isMeant({ replaces, video }) {
    return this.replaces === null || (replaces && video === this.replaces);
  }

  #enter(given) {
    const { ask, wait } = this;
    const about = this.replaces === null ? {} : { video: this.replaces };
    const onChange = (film) => this.#changed(film);
    const film = new Film({ ask, wait, onChange, about, ...given });
    this.films.push(film);
    this.onChange(film);
    return film;
  }

  #changed(film) {
    this.onChange(film);
    if (film.state !== UPLOADING) this.#advance();
  }

  #advance() {
    const sent = this.films.filter(({ state }) => state === UPLOADING).length;
    const waiting = this.films.filter(({ state }) => state === WAITING);
    for (const film of waiting.slice(0, AT_ONCE - sent)) film.send();
  }

  pauseAll() {
    for (const film of this.films.filter(({ state }) => [WAITING, UPLOADING].includes(state))) film.pause();
  }

  resumeAll() {
    for (const film of this.films.filter((one) => one.file && ["paused", "failed"].includes(one.state))) this.retry(film);
  }

  /** Again, from where it stopped: the draft first, if there is none yet. */
  async retry(film) {
    if (film.upload) film.resume();
    else await film.announce();
  }

  /** Take a film out of the list; false when the server did not let it. */
  async remove(film) {
    const { status } = await film.remove();
    if (![200, 204, 404, 410].includes(status)) return false;
    this.films = this.films.filter((other) => other !== film);
    this.onChange(film);
    this.#advance();
    return true;
  }

  /** In words: "3 films: 2 are being sent, 1 has arrived". */
  get summary() {
    const count = (...states) => this.films.filter(({ state }) => states.includes(state)).length;
    const parts = [
      [count(UPLOADING), (total) => n("%(count)s being sent", "%(count)s being sent", total)],
      [count(WAITING, CHECKING), (total) => n("%(count)s waiting", "%(count)s waiting", total)],
      [count("paused"), (total) => n("%(count)s paused", "%(count)s paused", total)],
      [count(NEEDS_FILE), (total) => n("%(count)s waiting for their file", "%(count)s waiting for their file", total)],
      [count("failed", REFUSED), (total) => n("%(count)s not uploaded", "%(count)s not uploaded", total)],
      [count("arrived"), (total) => n("%(count)s arrived", "%(count)s arrived", total)],
    ];
    return parts.filter(([total]) => total).map(([total, inWords]) => inWords(total)).join(", ");
  }
}
