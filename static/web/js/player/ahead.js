/** Answers that were asked for before hls.js was there to ask, kept until it does. */

const FIRST_BYTE_WITHIN = 8000; // as long as hls.js waits, or a film could wait for ever
const WHOLE_WITHIN = 60_000;
const KEPT_FOR = 20_000; // then a growing film's playlist is an old one
const PIECE = 64 * 1024; // bytes: about a key picture

export class Ahead {
  #answers = new Map();

  /** Ask for `url` now. */
  ask(url) {
    const { href } = new URL(url, location.href);
    const answer = new Answer(href);
    this.#answers.set(href, answer);
    const forget = () => this.#answers.delete(href);
    answer.whole.then(() => setTimeout(forget, KEPT_FOR), forget); // after a failure hls.js asks itself
    return answer;
  }

  /** The answer for `url`, once; undefined when nobody asked. */
  take(url) {
    const { href } = new URL(url, location.href);
    const answer = this.#answers.get(href);
    this.#answers.delete(href);
    return answer;
  }
}

/** A body on its way: `whole` is a promise of `{url, data, size, times}`, of which `data` is an ArrayBuffer. */
export class Answer {
  #pieces = [];
  #onPiece = null;

  constructor(url) {
    this.whole = this.#fetch(url);
  }

  async text() {
    return decoded(await this.whole);
  }

  /** Have `onPiece(ArrayBuffer)` called for what is there and for all that comes, which `whole` then lacks. */
  follow(onPiece) {
    this.#onPiece = onPiece;
    if (this.#pieces.length) this.#pass();
  }

  async #fetch(url) {
    const patience = new AbortController();
    const giveUp = () => patience.abort();
    let timer = setTimeout(giveUp, FIRST_BYTE_WITHIN);
    const start = performance.now();
    const response = await fetch(url, { credentials: "same-origin", signal: patience.signal });
    const first = performance.now();
    clearTimeout(timer);
    if (!response.ok) throw new Error(`${response.status}`);
    timer = setTimeout(giveUp, WHOLE_WITHIN);
    const size = await this.#read(response.body.getReader());
    clearTimeout(timer);
    const data = joined(this.#pieces);
    return { url: response.url, data, size, times: { start, first, end: performance.now() } };
  }

  async #read(reader) {
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      this.#pieces.push(value);
      if (this.#onPiece && this.#pieces.reduce((sum, { length }) => sum + length, 0) >= PIECE) this.#pass();
    }
    if (this.#onPiece && this.#pieces.length) this.#pass();
    return size;
  }

  #pass() {
    this.#onPiece(joined(this.#pieces));
    this.#pieces = [];
  }
}

function decoded({ data }) {
  return new TextDecoder().decode(data);
}

function joined(pieces) {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all.buffer;
}

/** A loader for hls.js that takes from `ahead` what is there, and loads the rest as `Base` does. */
export function loaderWith(ahead, Base) {
  return class extends Base {
    load(context, config, callbacks) {
      const answer = ahead.take(context.url);
      if (!answer) return super.load(context, config, callbacks);
      this.context = context;
      this.stats.loading.start = performance.now(); // hls.js looks at it while it waits
      const isText = context.responseType === "text";
      if (callbacks.onProgress && !isText) answer.follow((piece) => this.#passPiece(piece, context, callbacks));
      answer.whole.then(
        (whole) => this.#pass(isText ? { ...whole, data: decoded(whole) } : whole, context, callbacks),
        () => this.#loadAfterAll(context, config, callbacks),
      );
    }

    abort() {
      this.isOver = true;
      super.abort();
    }

    destroy() {
      this.isOver = true;
      super.destroy();
    }

    #passPiece(piece, context, callbacks) {
      if (this.isOver) return;
      this.hasPassed = true;
      this.stats.loaded += piece.byteLength;
      callbacks.onProgress(this.stats, context, piece, null);
    }

    #pass({ url, data, size, times }, context, callbacks) {
      if (this.isOver) return;
      Object.assign(this.stats, { loaded: size, total: size });
      Object.assign(this.stats.loading, times);
      callbacks.onSuccess({ url, data, code: 200 }, this.stats, context, null);
    }

    #loadAfterAll(context, config, callbacks) {
      if (this.isOver) return;
      // What hls.js has a part of it asks for again itself.
      if (this.hasPassed) return callbacks.onError({ code: 0, text: "" }, context, null, this.stats);
      this.stats.loading.start = 0;
      super.load(context, config, callbacks);
    }
  };
}
