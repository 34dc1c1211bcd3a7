/** One file in the queue: which state it is in, and what is done with it in each. */

import { t } from "../language.js";
import { fingerprint } from "./identity.js";
import { Pace, told } from "./pace.js";
import { create, SessionOverError, Transfer, TransferError } from "./transfer.js";

/** States of a film in the studio, in the order in which they usually come. */
export const CHECKING = "checking";
export const WAITING = "waiting";
export const UPLOADING = "uploading";
export const PAUSED = "paused";
export const NEEDS_FILE = "needs-file";
export const FAILED = "failed";
export const ARRIVED = "arrived";
export const REFUSED = "refused";

/** What of a queue is still to be sent. */
export const IS_OPEN = [CHECKING, WAITING, UPLOADING, PAUSED, NEEDS_FILE, FAILED];

function firstState(file, upload) {
  if (!upload) return CHECKING;
  if (upload.is_finished) return ARRIVED;
  return file ? WAITING : NEEDS_FILE;
}

/**
 * A film of the queue. `onChange(film)` is called after every change; `ask` and `wait` reach the
 * server and the clock; `about` is what its upload is begun with.
 */
export class Film {
  #stop = null;
  #pace = new Pace();

  constructor({ file = null, upload = null, print = "", about = {}, ask, wait, onChange }) {
    Object.assign(this, { file, upload, print, about, ask, wait, onChange });
    this.offset = upload?.offset ?? 0;
    this.state = firstState(file, upload);
    this.reason = "";
  }

  get name() {
    return this.file?.name ?? this.upload.filename;
  }

  get size() {
    return this.file?.size ?? this.upload.length;
  }

  get isOpen() {
    return IS_OPEN.includes(this.state);
  }

  /** In a sentence, for people. */
  get words() {
    const share = told(this.offset, this.size, this.state === UPLOADING ? this.#pace.speed : 0);
    return {
      [CHECKING]: t("Being looked at"),
      [WAITING]: this.offset ? t("Waiting for its turn, %(share)s", { share }) : t("Waiting for its turn"),
      [UPLOADING]: this.reason ? `${share}. ${this.reason}` : share,
      [PAUSED]: t("Paused at %(share)s", { share }),
      [NEEDS_FILE]: t("Drop “%(name)s” here again to go on: %(share)s are on the server", { name: this.name, share }),
      [FAILED]: this.reason,
      [ARRIVED]: t("Arrived"),
      [REFUSED]: this.reason,
    }[this.state];
  }

  become(state, reason = "") {
    this.state = state;
    this.reason = reason;
    this.onChange(this);
  }

  /** Have a draft of it on the server, which lasts if the page is closed. */
  async announce() {
    try {
      this.print ||= await fingerprint(this.file);
      this.upload = await create(this.file, { fingerprint: this.print, ...this.about }, this.ask);
      this.offset = this.upload.offset;
      this.become(WAITING);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Go on with this file, which is the one whose upload was begun. */
  adopt(file) {
    this.file = file;
    this.become(WAITING);
  }

  /** Send it; ends when it has arrived, is stopped or fails. */
  async send() {
    this.#stop = new AbortController();
    this.#pace.reset();
    this.become(UPLOADING);
    const { file, upload, ask, wait } = this;
    const onProgress = (offset) => this.#moveTo(offset);
    const onTrouble = (reason) => this.become(UPLOADING, reason);
    try {
      if (await new Transfer({ file, upload, ask, wait, onProgress, onTrouble }).run(this.#stop.signal)) this.become(ARRIVED);
    } catch (error) {
      this.#fail(error);
    }
  }

  #moveTo(offset) {
    if (offset > this.offset) this.reason = "";
    this.offset = offset;
    this.#pace.note(offset, Date.now());
    if (this.state === UPLOADING) this.onChange(this);
  }

  #fail(error) {
    this.isSignedOut = error instanceof SessionOverError;
    if (this.isSignedOut) this.become(FAILED, t("You are signed out. Sign in again, then it goes on."));
    else if (error instanceof TransferError) this.become(error.isRefusal ? REFUSED : FAILED, error.message);
    else this.become(FAILED, t("The file cannot be read any more. Please drop it again."));
  }

  pause() {
    this.#stop?.abort();
    this.become(PAUSED);
  }

  resume() {
    this.become(WAITING);
  }

  /** Give it up: what came of it is removed, but for a film that is whole. */
  async remove() {
    this.#stop?.abort();
    if (!this.upload) return { status: 204 };
    return this.ask("DELETE", this.upload.url, { headers: { "Tus-Resumable": "1.0.0" } });
  }
}
