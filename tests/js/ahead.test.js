/** Answers that were asked for before hls.js asks: real bodies, cut where the test wants it. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { Answer, loaderWith } from "../../static/web/js/player/ahead.js";

const realFetch = globalThis.fetch;
const PIECE = 64 * 1024;

afterEach(() => (globalThis.fetch = realFetch));

/** An answer whose body comes when the test says so. */
function coming(status = 200) {
  let body;
  const stream = new ReadableStream({ start: (controller) => (body = controller) });
  globalThis.fetch = () => Promise.resolve(new Response(stream, { status }));
  return [new Answer("http://host/a"), body];
}

class Base {
  stats = { loading: { start: 0 }, loaded: 0 };
  load(context) {
    this.loaded = context.url;
  }
  abort() {}
  destroy() {}
}

/** Have hls.js' loader load; the result has what it was told. */
function loading(answer, responseType) {
  const loader = new (loaderWith({ take: () => answer }, Base))();
  const told = { loader, pieces: [], body: null, error: null };
  loader.load({ url: "http://host/a", responseType }, {}, {
    onProgress: (stats, context, data) => told.pieces.push(data.byteLength),
    onSuccess: ({ data }) => (told.body = data),
    onError: (error) => (told.error = error),
  });
  return told;
}

const moment = () => new Promise((resolve) => setTimeout(resolve, 10));

test("hls.js gets a playlist that was asked for ahead as text, with its times", async () => {
  const [answer, body] = coming();
  body.enqueue(new TextEncoder().encode("#EXTM3U"));
  body.close();

  const told = loading(answer, "text");
  await moment();

  assert.equal(told.body, "#EXTM3U");
  assert.deepEqual(told.pieces, []);
  assert.equal(told.loader.stats.loaded, 7);
  assert.ok(told.loader.stats.loading.end >= told.loader.stats.loading.start);
});

test("hls.js gets the pieces of a segment while it arrives, each byte once", async () => {
  const [answer, body] = coming();
  body.enqueue(new Uint8Array(10)); // before it asks
  await moment();
  const told = loading(answer, "arraybuffer");
  for (const length of [PIECE - 1, 1, 5]) body.enqueue(new Uint8Array(length));
  await moment();
  assert.deepEqual(told.pieces, [10, PIECE]);
  assert.equal(told.body, null);

  body.close();
  await moment();

  assert.deepEqual(told.pieces, [10, PIECE, 5]);
  assert.equal(told.body.byteLength, 0);
  assert.equal(told.loader.stats.loaded, PIECE + 15);
});

test("hls.js asks itself for what was not asked for, or was refused", async () => {
  for (const answer of [() => undefined, () => coming(503)[0]]) {
    const told = loading(answer(), "arraybuffer");
    await moment();

    assert.equal(told.loader.loaded, "http://host/a");
    assert.equal(told.loader.stats.loading.start, 0);
  }
});

test("hls.js hears of a segment that breaks off, and does not get its beginning twice", async () => {
  const [answer, body] = coming();
  const told = loading(answer, "arraybuffer");
  body.enqueue(new Uint8Array(PIECE));
  await moment();

  body.error(new Error("gone"));
  await moment();

  assert.deepEqual(told.pieces, [PIECE]);
  assert.equal(told.error.code, 0);
  assert.equal(told.loader.loaded, undefined);
});

test("an answer that comes after the loader was ended goes nowhere", async () => {
  const [answer, body] = coming();
  const told = loading(answer, "arraybuffer");
  told.loader.abort();

  body.enqueue(new Uint8Array(PIECE));
  body.close();
  await moment();

  assert.deepEqual([told.pieces, told.body, told.error], [[], null, null]);
});
