/** Answers that were asked for before hls.js was there to ask, kept until it does. */

const FIRST_BYTE_WITHIN = 8000; // as long as hls.js waits, or a film could wait for ever
const WHOLE_WITHIN = 60_000;
const KEPT_FOR = 20_000; // then a growing film's playlist is an old one

export class Ahead {
  #answers = new Map();

  /** Ask for `url` now. `kind` is "text" or "arrayBuffer"; the answer's body is returned too. */
  async ask(url, kind) {
    const { href } = new URL(url, location.href);
    const answer = fetchMeasured(href, kind);
    this.#answers.set(href, answer);
    const forget = () => this.#answers.delete(href);
    answer.then(() => setTimeout(forget, KEPT_FOR), forget); // after a failure hls.js asks itself
    return (await answer).data;
  }

  /** The answer for `url`, once; undefined when nobody asked. */
  take(url) {
    const { href } = new URL(url, location.href);
    const answer = this.#answers.get(href);
    this.#answers.delete(href);
    return answer;
  }
}

async function fetchMeasured(url, kind) {
  const patience = new AbortController();
  const giveUp = () => patience.abort();
  let timer = setTimeout(giveUp, FIRST_BYTE_WITHIN);
  const start = performance.now();
  const response = await fetch(url, { credentials: "same-origin", signal: patience.signal });
  const first = performance.now();
  clearTimeout(timer);
  if (!response.ok) throw new Error(`${response.status}`);
  timer = setTimeout(giveUp, WHOLE_WITHIN);
  const data = await response[kind]();
  clearTimeout(timer);
  const size = data.byteLength ?? data.length;
  return { url: response.url, data, size, times: { start, first, end: performance.now() } };
}

/** A loader for hls.js that takes from `ahead` what is there, and loads the rest as `Base` does. */
export function loaderWith(ahead, Base) {
  return class extends Base {
    load(context, config, callbacks) {
      const answer = ahead.take(context.url);
      if (!answer) return super.load(context, config, callbacks);
      this.context = context;
      this.stats.loading.start = performance.now(); // hls.js looks at it while it waits
      answer.then(
        (ready) => this.#pass(ready, context, callbacks),
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

    #pass({ url, data, size, times }, context, callbacks) {
      if (this.isOver) return;
      Object.assign(this.stats, { loaded: size, total: size });
      Object.assign(this.stats.loading, times);
      callbacks.onSuccess({ url, data, code: 200 }, this.stats, context, null);
    }

    #loadAfterAll(context, config, callbacks) {
      this.stats.loading.start = 0;
      if (!this.isOver) super.load(context, config, callbacks);
    }
  };
}
