/** One file on its way to the server, by tus 1.0: part after part, from where the last one ended. */

import { t } from "../language.js";
import { words } from "./http.js";
import { Parts } from "./parts.js";

const TUS = { "Tus-Resumable": "1.0.0" };
const PART = { ...TUS, "Content-Type": "application/offset+octet-stream" };

/** Final for this upload; the message is for people. */
export class TransferError extends Error {}

/** Signed out meanwhile: goes on after signing in. */
export class SessionOverError extends TransferError {}

/** The upload that the server made for a file; throws TransferError. */
export async function create(file, metadata, ask) {
  const given = { filename: file.name, filetype: file.type, ...metadata };
  const pairs = Object.entries(given).map(([name, value]) => `${name} ${base64(String(value))}`);
  const headers = { ...TUS, "Upload-Length": String(file.size), "Upload-Metadata": pairs.join(",") };
  const answer = await ask("POST", "/api/uploads/", { headers });
  if (answer.status === 201) return answer.json;
  throw failure(answer);
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function failure(answer) {
  return new (answer.status === 401 ? SessionOverError : TransferError)(words(answer));
}

/** A file, the upload on the server, and how to reach it. `wait(seconds)` ends early when online. */
export class Transfer {
  constructor({ file, upload, ask, wait, onProgress = () => {}, onTrouble = () => {} }) {
    Object.assign(this, { file, upload, ask, wait, onProgress, onTrouble });
    this.offset = upload.offset;
    this.parts = new Parts();
  }

  /** Send all that is missing. Throws TransferError; ends quietly when `signal` stops it. */
  async run(signal) {
    let isKnown = false;
    while (!signal.aborted && (!isKnown || this.offset < this.file.size)) {
      if (!isKnown) isKnown = await this.#askOffset(signal);
      else if (this.offset < this.file.size) isKnown = await this.#sendPart(signal);
    }
    return !signal.aborted;
  }

  async #askOffset(signal) {
    const answer = await this.ask("HEAD", this.upload.url, { headers: TUS, signal });
    if (answer.status === 200 || answer.status === 204) {
      this.#moveTo(Number(answer.header("Upload-Offset")));
      return true;
    }
    await this.#recover(answer, signal);
    return false;
  }

  /** Whether the server's offset is still known. */
  async #sendPart(signal) {
    const body = this.file.slice(this.offset, this.offset + this.parts.size);
    const headers = { ...PART, "Upload-Offset": String(this.offset) };
    const onProgress = (loaded) => this.onProgress(this.offset + Math.min(loaded, body.size));
    const answer = await this.ask("PATCH", this.upload.url, { headers, body, onProgress, signal });
    if (answer.status === 204) {
      this.parts.succeeded();
      this.#moveTo(Number(answer.header("Upload-Offset")));
      return true;
    }
    await this.#recover(answer, signal);
    return false;
  }

  #moveTo(offset) {
    this.offset = offset;
    this.onProgress(offset);
  }

  /** Wait until it is worth another try, or throw what is final. */
  async #recover(answer, signal) {
    if (signal.aborted) return;
    const isTooLarge = answer.status === 413 && !this.parts.isSmallest;
    if (!isTooLarge && isFinal(answer.status)) throw failure(answer);
    const seconds = this.parts.failed(this.offset, { isTooLarge });
    if (answer.status !== 409) this.onTrouble(this.#trouble(answer));
    await this.wait(seconds, signal);
  }

  #trouble(answer) {
    const reason = answer.status === 413 ? t("A proxy on the way allows smaller parts only.") : words(answer);
    return this.parts.isHalved ? t("%(reason)s Trying again with smaller parts.", { reason }) : t("%(reason)s Trying again.", { reason });
  }
}

/** 400: it broke off; 408, 409, 423, 429 and most faults of the server: worth another try. */
function isFinal(status) {
  const isPassing = [0, 400, 408, 409, 423, 425, 429].includes(status);
  return !isPassing && (status < 500 || status === 507);
}
