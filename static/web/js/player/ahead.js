/** Answers that were asked for before hls.js was there to ask, kept until it does. */

export class Ahead {
  #answers = new Map();

  /** Ask for `url` now. `kind` is "text" or "arrayBuffer"; the answer's body is returned too. */
  async ask(url, kind) {
    const { href } = new URL(url, location.href);
    const answer = fetchMeasured(href, kind);
    this.#answers.set(href, answer);
    answer.catch(() => this.#answers.delete(href)); // then hls.js asks itself, and knows what to do
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
  const start = performance.now();
  const response = await fetch(url, { credentials: "same-origin" });
  const first = performance.now();
  if (!response.ok) throw new Error(`${response.status}`);
  const data = await response[kind]();
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
