/** All that a film's first frame needs, asked for at once and beside each other. */

import * as films from "../films.js";
import { recall } from "../store.js";
import { Ahead } from "./ahead.js";
import { lineRate, needsFullPlayer, segmentAt, startVariant, variants } from "./first.js";
import { QUALITY, RATE } from "./remembered.js";

let hasFull = false;

/**
 * `scripts` are hls.js' addresses, `{full, light}`; `isSignedIn` is a promise. The result has `id`,
 * `ahead`, the line's `rate` in bits per second or null, and promises: `film` as the API has it,
 * `hlsScript` whether it ran or is not needed, `variant` to begin with or undefined.
 */
export function prepare(id, scripts, isSignedIn) {
  const ahead = new Ahead();
  const rate = lineRate(recall(RATE), { connection: navigator.connection, latency: shortestAnswer() });
  const url = new URL(films.masterUrl(id), location.href).href;
  const film = isSignedIn.then((isOpen) => (isOpen ? films.film(id).then(atAskedPlace) : null));
  const master = isSignedIn.then((isOpen) => (isOpen ? ahead.ask(url).text() : ""));
  for (const promise of [film, master]) promise.catch(() => {}); // who awaits them answers for them
  return { id, ahead, rate, film, hlsScript: loadHls(master, scripts), variant: begin(ahead, { master, film, url, rate }) };
}

/** The film as begun where the address says: `?t=0` from the start, `?t=90` at a chapter. */
function atAskedPlace(film) {
  const asked = new URLSearchParams(location.search).get("t");
  const position = Number(asked);
  return asked !== null && position >= 0 ? { ...film, position } : film;
}

/** In milliseconds, of all that this page has fetched so far. */
function shortestAnswer() {
  const fetched = performance.getEntriesByType("resource").filter(({ transferSize }) => transferSize > 0);
  const waits = fetched.map(({ startTime, responseEnd }) => responseEnd - startTime);
  return waits.length ? Math.min(...waits) : 0;
}

/** The master says which hls.js is enough; where it does not come, hls.js finds out why. */
async function loadHls(master, { full, light }) {
  if (!hasMediaSource()) return true; // the browser's own HLS
  const text = await master.catch(() => "");
  const isLightEnough = text !== "" && !needsFullPlayer(text);
  if (globalThis.Hls && (hasFull || isLightEnough)) return true;
  hasFull = !isLightEnough;
  return run(isLightEnough ? light : full);
}

function hasMediaSource() {
  return Boolean(globalThis.MediaSource ?? globalThis.ManagedMediaSource);
}

function run(src) {
  return new Promise((resolve) => {
    const script = Object.assign(document.createElement("script"), { src, fetchPriority: "high" });
    script.onload = () => resolve(true);
    script.onerror = () => resolve(false);
    document.head.append(script);
  });
}

/** Ask for the first playlist and its segment. */
async function begin(ahead, { master, film, url, rate }) {
  try {
    const variant = startVariant(variants(await master, url), { wanted: recall(QUALITY), rate });
    if (variant) askForSegment(ahead, variant.url, film).catch(() => {}); // hls.js asks again
    return variant;
  } catch {
    return undefined;
  }
}

async function askForSegment(ahead, url, film) {
  const [playlist, { position }] = await Promise.all([ahead.ask(url).text(), film]);
  const segment = segmentAt(playlist, position ?? 0, url);
  if (segment) ahead.ask(segment);
}
