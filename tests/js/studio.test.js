import assert from "node:assert/strict";
import { test } from "node:test";

import { firstProblem } from "../../video_app/static/video_app/checks.js";
import { filesOf, refusal } from "../../video_app/static/video_app/studio/drop.js";
import { begunUpload, fingerprint } from "../../video_app/static/video_app/studio/identity.js";
import { bytes, duration, Pace, told } from "../../video_app/static/video_app/studio/pace.js";
import { LARGEST, Parts, SMALLEST } from "../../video_app/static/video_app/studio/parts.js";
import { LARGEST_PICTURE, sendPicture } from "../../video_app/static/video_app/studio/picture.js";
import { Queue } from "../../video_app/static/video_app/studio/queue.js";

const film = (name, content = "a film") => new File([content], name);
const limits = { endings: ["mp4", "mkv"], largest: { bytes: 100, words: "100 bytes" } };

/** A tus server in memory; `faults` are statuses that it answers to its next parts. */
function server({ faults = [], uploads = [] } = {}) {
  const calls = [];
  const find = (url) => uploads.find((upload) => upload.url === url);
  const reply = (status, json = {}, headers = {}) => ({ status, json, header: (name) => headers[name] ?? null });
  const made = (headers) => {
    const id = uploads.length + 1;
    const metadata = Object.fromEntries(headers["Upload-Metadata"].split(",").map((pair) => pair.split(" ")));
    const text = (name) => Buffer.from(metadata[name], "base64").toString();
    const upload = {
      id, url: `/api/uploads/${id}/`, video: 10 + id, replaces: metadata.video ? Number(text("video")) : null, offset: 0, length: Number(headers["Upload-Length"]),
      filename: text("filename"), fingerprint: text("fingerprint"), is_finished: false, content: "",
    };
    uploads.push(upload);
    return reply(201, { ...upload });
  };
  const take = async (upload, body) => {
    const fault = faults.shift();
    if (fault !== undefined) return reply(fault, { detail: "No." });
    const text = await body.text();
    upload.content += text;
    upload.offset += body.size;
    return reply(204, {}, { "Upload-Offset": String(upload.offset) });
  };
  const ask = async (method, url, { headers, body } = {}) => {
    calls.push({ method, url, size: body?.size });
    if (method === "POST") return made(headers);
    const upload = find(url);
    if (!upload) return reply(404);
    if (method === "HEAD") return reply(200, {}, { "Upload-Offset": String(upload.offset) });
    if (method === "DELETE") return reply(204);
    return take(upload, body);
  };
  return { ask, calls, uploads };
}

function studio(remote, replaces = null) {
  const waits = [];
  const wait = async (seconds) => { waits.push(seconds); };
  const changes = [];
  const onChange = (changed) => changes.push(changed);
  const queue = new Queue({ ask: remote.ask, wait, refusal: (file) => refusal(file, limits), onChange, replaces });
  return { queue, waits, changes };
}

async function until(condition) {
  for (let turn = 0; turn < 500 && !condition(); turn += 1) await new Promise((resolve) => { setTimeout(resolve, 1); });
  assert.ok(condition());
}

test("sends dropped films and refuses others in words", async () => {
  const remote = server();
  const { queue } = studio(remote);
  await queue.take([film("a.mp4", "first"), film("b.MKV", "second"), film("c.txt"), film("d.mp4", ""), film(".DS_Store")]);
  await until(() => queue.films.every(({ isOpen }) => !isOpen));
  assert.deepEqual(remote.uploads.map(({ content }) => content), ["first", "second"]);
  assert.deepEqual(queue.films.map(({ state }) => state), ["arrived", "arrived", "refused", "refused"]);
  assert.match(queue.films[2].words, /no film/);
  assert.match(queue.films[3].words, /empty/);
});

test("goes on after faults from where the server is", async () => {
  const remote = server({ faults: [0, 503, 409, 400] });
  const { queue, waits } = studio(remote);
  await queue.take([film("a.mp4", "whole film")]);
  await until(() => queue.films[0].state === "arrived");
  assert.equal(remote.uploads[0].content, "whole film");
  assert.deepEqual(waits, [1, 2, 4, 8]);
});

test("halves parts that a proxy finds too large", async () => {
  const remote = server({ faults: [413] });
  const { queue, waits } = studio(remote);
  await queue.take([film("a.mp4")]);
  await until(() => queue.films[0].state === "arrived");
  assert.deepEqual(waits, [0]);
});

for (const [status, words] of [[404, "No."], [403, "No."], [507, "No."], [401, "You are signed out. Sign in again, then it goes on."]]) {
  test(`stops at ${status} and goes on when asked`, async () => {
    const remote = server({ faults: [status] });
    const { queue } = studio(remote);
    await queue.take([film("a.mp4")]);
    await until(() => queue.films[0].state === "failed");
    assert.equal(queue.films[0].words, words);
    await queue.retry(queue.films[0]);
    await until(() => queue.films[0].state === "arrived");
  });
}

test("goes on with an upload that was begun, and asks for its file until then", async () => {
  const file = film("a.mp4", "0123456789");
  const begun = { id: 1, url: "/api/uploads/1/", video: 7, filename: "a.mp4", length: 10, offset: 4, content: "0123", fingerprint: await fingerprint(file) };
  const remote = server({ uploads: [begun] });
  const { queue } = studio(remote);
  queue.restore([{ ...begun }]);
  assert.equal(queue.films[0].state, "needs-file");
  assert.match(queue.films[0].words, /Drop “a.mp4” here again to go on: 40 %/);

  await queue.take([file]);

  await until(() => queue.films[0].state === "arrived");
  assert.equal(queue.films.length, 1);
  assert.equal(begun.content, "0123456789");
});

test("never mixes two films of one name and size", async () => {
  const begun = { id: 1, url: "/api/uploads/1/", video: 7, filename: "a.mp4", length: 6, offset: 3, content: "oth", fingerprint: await fingerprint(film("a.mp4", "other!")) };
  const remote = server({ uploads: [begun] });
  const { queue } = studio(remote);
  queue.restore([{ ...begun }]);
  await queue.take([film("a.mp4", "a film")]);
  await until(() => queue.films[1]?.state === "arrived");
  assert.equal(begun.content, "oth");
  assert.equal(queue.films[0].state, "needs-file");
});

test("what is dropped for a film takes its place, also when it is to be another one elsewhere", async () => {
  const file = film("a.mp4");
  const fresh = { id: 1, url: "/api/uploads/1/", video: 7, replaces: false, filename: "a.mp4", length: 6, offset: 3, content: "a f", fingerprint: await fingerprint(file) };
  const remote = server({ uploads: [fresh] });
  const { queue } = studio(remote, 42);
  queue.restore([{ ...fresh }]);
  await queue.take([file]);
  await until(() => queue.films[1]?.state === "arrived");
  assert.equal(remote.uploads[1].replaces, 42);
  assert.equal(fresh.content, "a f");
});

test("a file that was begun for a film goes on in its place", async () => {
  const file = film("a.mp4");
  const begun = { id: 1, url: "/api/uploads/1/", video: 42, replaces: true, filename: "a.mp4", length: 6, offset: 3, content: "a f", fingerprint: await fingerprint(file) };
  for (const replaces of [42, null]) {
    const remote = server({ uploads: [{ ...begun }] });
    const { queue } = studio(remote, replaces);
    queue.restore([{ ...begun }]);
    await queue.take([file]);
    await until(() => queue.films[0].state === "arrived");
    assert.deepEqual(remote.uploads.map(({ content }) => content), ["a film"]);
  }
});

test("takes a file once, however often it is dropped", async () => {
  const remote = server({ faults: [503] });
  const { queue } = studio(remote);
  const file = film("a.mp4");
  await Promise.all([queue.take([file])]);
  await queue.take([file]);
  await until(() => queue.films.every(({ isOpen }) => !isOpen));
  assert.equal(remote.uploads.filter(({ content }) => content).length, queue.films.length);
});

test("paused films wait, and go on when asked", async () => {
  const remote = server();
  const { queue } = studio(remote);
  queue.restore([]);
  const taking = queue.take([film("a.mp4")]);
  await until(() => queue.films.length === 1 && queue.films[0].upload);
  queue.films[0].pause();
  await taking;
  await new Promise((resolve) => { setTimeout(resolve, 5); });
  assert.equal(queue.films[0].state, "paused");
  queue.resumeAll();
  await until(() => queue.films[0].state === "arrived");
});

test("removes a film here and there, and says so", async () => {
  const remote = server();
  const { queue, changes } = studio(remote);
  await queue.take([film("a.mp4"), film("b.txt")]);
  await until(() => queue.films[0].state === "arrived");
  const [first, letter] = queue.films;
  assert.equal(await queue.remove(letter), true);
  assert.equal(changes.at(-1), letter);
  assert.equal(await queue.remove(first), true);
  assert.equal(changes.at(-1), first);
  assert.deepEqual(queue.films, []);
  assert.equal(remote.calls.filter(({ method }) => method === "DELETE").length, 1);
});

test("parts are halved after repeated failure at one offset only, and grow again", () => {
  const parts = new Parts();
  assert.deepEqual([parts.failed(0), parts.size], [1, LARGEST]);
  assert.deepEqual([parts.failed(5), parts.size], [1, LARGEST]);
  assert.deepEqual([parts.failed(5), parts.size], [2, LARGEST / 2]);
  for (let number = 0; number < 40; number += 1) parts.failed(5);
  assert.equal(parts.size, SMALLEST);
  assert.ok(parts.failed(5) <= 30);
  for (let number = 0; number < 50; number += 1) parts.succeeded();
  assert.equal(parts.size, LARGEST);
});

test("speed is that of the last seconds", () => {
  const pace = new Pace();
  assert.equal(pace.speed, 0);
  for (let second = 0; second <= 20; second += 1) pace.note(second < 10 ? 0 : (second - 10) * 1000, second * 1000);
  assert.ok(pace.speed > 900 && pace.speed <= 1000);
  pace.reset();
  assert.equal(pace.speed, 0);
});

for (const [count, text] of [[0, "0 B"], [999, "999 B"], [1500, "1.5 kB"], [16e6, "16 MB"], [2.15e9, "2.1 GB"]]) {
  test(`bytes(${count}) is "${text}"`, () => assert.equal(bytes(count), text));
}
for (const [seconds, text] of [[0.2, "1 s"], [60, "1 min"], [61, "1 min 1 s"], [3725, "1 h 2 min"]]) {
  test(`duration(${seconds}) is "${text}"`, () => assert.equal(duration(seconds), text));
}
test("tells share, speed and time left", () => {
  assert.equal(told(25e6, 100e6, 5e6), "25 %, 25 MB of 100 MB, 5.0 MB/s, 15 s left");
  assert.equal(told(0, 0, 0), "100 %, 0 B of 0 B");
});

test("reads folders to the last batch, and names what it cannot read", async () => {
  const leaf = (name) => ({ isFile: true, name, file: (resolve) => resolve(film(name)) });
  const broken = { isFile: true, name: "broken.mp4", file: (_, reject) => reject(new Error()) };
  const folder = (name, batches) => ({
    isDirectory: true, name,
    createReader: () => ({ readEntries: (resolve) => resolve(batches.shift() ?? []) }),
  });
  const many = Array.from({ length: 150 }, (_, number) => leaf(`${number}.mp4`));
  const nested = folder("season", [[leaf("deep.mp4"), broken]]);
  const entries = [folder("show", [many.slice(0, 100), many.slice(100), [nested]]), leaf("alone.mp4")];
  const { files, unreadable } = await filesOf({ items: entries.map((entry) => ({ webkitGetAsEntry: () => entry })) });
  assert.equal(files.length, 152);
  assert.deepEqual(unreadable, ["broken.mp4"]);
});

test("a fingerprint tells contents apart, at both ends of large files", async () => {
  const large = (first, last) => new File([first, new Uint8Array(3 * 1024 ** 2), last], "a.mp4");
  const prints = await Promise.all([large("a", "b"), large("a", "c"), large("c", "b"), film("a.mp4", "")].map(fingerprint));
  assert.equal(new Set(prints).size, 4);
  assert.equal(await fingerprint(large("a", "b")), prints[0]);
  assert.equal(begunUpload(film("a.mp4"), "x", []), null);
});

const input = (...files) => ({ files, dataset: { endings: "mp4 mkv", largest: "100", largestWords: "100 bytes" } });
const decode = async (image) => {
  if (await image.text() !== "picture") throw new Error("no picture");
  return { close() {} };
};
for (const [name, files, which, words] of [
  ["an ending that is no film's", [[film("a.sh")], []], 0, /no film/],
  ["a film that is too large", [[film("a.mp4", "x".repeat(101))], []], 0, /larger than 100 bytes/],
  ["a picture that is none", [[film("a.mp4")], [film("a.jpg", "letter")]], 1, /not a picture/],
]) {
  test(`the plain form says before its first byte: ${name}`, async () => {
    const inputs = files.map((each) => input(...each));
    const problem = await firstProblem(...inputs, decode);
    assert.equal(problem.input, inputs[which]);
    assert.match(problem.words, words);
  });
}
test("the plain form sends what is right, and takes no picture for one", async () => {
  assert.equal(await firstProblem(input(film("a.mp4")), input(film("a.jpg", "picture")), decode), null);
  assert.equal(await firstProblem(input(film("a.mp4")), input(), decode), null);
  assert.equal(await firstProblem(input(film("a.mp4")), null, decode), null);
});

test("a picture is sent at once; what is wrong with it is said", async () => {
  globalThis.document = { querySelector: () => ({ value: "token" }) };
  const sent = [];
  const ask = (status, json) => async (method, url, { body }) => {
    sent.push([method, url, body.get("csrfmiddlewaretoken")]);
    return { status, json };
  };
  assert.deepEqual(await sendPicture(ask(200, { poster: "/p/" }), "/frame/", film("a.jpg")), { poster: "/p/" });
  assert.deepEqual(await sendPicture(ask(400, { detail: "No picture." }), "/frame/", film("a.jpg")), { problem: "No picture." });
  const huge = { size: LARGEST_PICTURE + 1 };
  assert.match((await sendPicture(ask(200), "/frame/", huge)).problem, /larger than 30 MB/);
  assert.deepEqual(sent, [["POST", "/frame/", "token"], ["POST", "/frame/", "token"]]);
  delete globalThis.document;
});
