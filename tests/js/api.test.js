/** The API's client against a server that is a function. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { ApiError, refresh, request, send } from "../../static/web/js/api.js";

const REFRESH = "/api/token/refresh/";
let asked;

/** Answer by `routes`: path → a status, or a list of them, one per request. */
function serve(routes) {
  globalThis.fetch = async (path, init) => {
    asked.push({ path, ...init });
    const route = routes[path];
    const status = Array.isArray(route) ? route.shift() : route;
    if (status instanceof Error) throw status;
    return new Response(JSON.stringify({ detail: `${status}` }), { status, headers: { "Content-Type": "application/json" } });
  };
}

const paths = () => asked.map(({ path }) => path);
const realFetch = globalThis.fetch;

beforeEach(() => (asked = []));
afterEach(() => (globalThis.fetch = realFetch));

test("a request that succeeds is sent once", async () => {
  serve({ "/a": 200 });
  assert.deepEqual(await request("/a"), { detail: "200" });
  assert.deepEqual(paths(), ["/a"]);
});

test("a 401 is answered with one refresh and one repeat, method and body kept", async () => {
  serve({ "/a": [401, 200], [REFRESH]: 200 });
  await request("/a", { method: "PUT", body: { seconds: 3 } });
  assert.deepEqual(paths(), ["/a", REFRESH, "/a"]);
  assert.equal(asked[2].method, "PUT");
  assert.equal(asked[2].body, '{"seconds":3}');
});

test("a second 401 is final", async () => {
  serve({ "/a": [401, 401], [REFRESH]: 200 });
  await assert.rejects(request("/a"), (error) => error.isSessionOver);
  assert.deepEqual(paths(), ["/a", REFRESH, "/a"]);
});

for (const [status, tries] of [[400, [REFRESH]], [401, [REFRESH, REFRESH]]]) {
  test(`a refresh refused with ${status} means that the session is over`, async () => {
    serve({ "/a": 401, [REFRESH]: status });
    await assert.rejects(request("/a"), (error) => error instanceof ApiError && error.isSessionOver);
    assert.deepEqual(paths(), ["/a", ...tries]);
  });
}

test("a refresh refused while another tab signed in goes on with its session", async () => {
  serve({ "/a": [401, 200], [REFRESH]: [401, 200] });
  assert.deepEqual(await request("/a"), { detail: "200" });
});

for (const status of [429, 500, 503]) {
  test(`a refresh answered with ${status} ends no session`, async () => {
    serve({ "/a": 401, [REFRESH]: status });
    await assert.rejects(request("/a"), (error) => error.status === status && error.isTemporary && !error.isSessionOver);
  });
}

test("a refresh that does not reach the server ends no session", async () => {
  serve({ "/a": 401, [REFRESH]: new TypeError("Failed to fetch") });
  await assert.rejects(request("/a"), (error) => error.status === 0 && error.isTemporary);
});

test("requests that fail together share one refresh", async () => {
  serve({ "/a": [401, 200], "/b": [401, 200], "/c": [401, 200], [REFRESH]: [200] });
  await Promise.all(["/a", "/b", "/c"].map((path) => request(path)));
  assert.equal(paths().filter((path) => path === REFRESH).length, 1);
});

test("a later failure refreshes again", async () => {
  serve({ [REFRESH]: [401, 401, 200] });
  assert.equal(await refresh(), false);
  assert.equal(await refresh(), true);
});

test("other errors are not retried and keep status and body", async () => {
  serve({ "/a": 400 });
  await assert.rejects(request("/a"), { status: 400, message: "400", body: { detail: "400" } });
  assert.deepEqual(paths(), ["/a"]);
});

test("an aborted request stays an abort", async () => {
  serve({ "/a": new DOMException("stop", "AbortError") });
  await assert.rejects(send("/a"), { name: "AbortError" });
});

test("an answer that is not JSON is an empty one", async () => {
  globalThis.fetch = async () => new Response("<html>", { status: 502 });
  await assert.rejects(send("/a"), (error) => error.status === 502 && /on our side/.test(error.message));
  globalThis.fetch = async () => new Response(null, { status: 204 });
  assert.deepEqual(await send("/a"), {});
});

test("cookies go along, and a body is announced as JSON only where there is one", async () => {
  serve({ "/a": 200, "/b": 200 });
  await send("/a");
  await send("/b", { method: "POST", body: {} });
  assert.equal(asked[0].credentials, "same-origin");
  assert.equal(asked[0].headers["Content-Type"], undefined);
  assert.equal(asked[1].headers["Content-Type"], "application/json");
});

test("a throttled answer carries its header into words", async () => {
  globalThis.fetch = async () => new Response("{}", { status: 429, headers: { "Retry-After": "30" } });
  await assert.rejects(send("/a"), { message: "Too many attempts. Please try again in 30 seconds." });
});
