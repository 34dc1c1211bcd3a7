/** First script of `/watch/<id>/`: asks for all that the first frame needs while the rest arrives. */

import { refresh } from "./api.js";
import * as films from "./films.js";
import { Ahead } from "./player/ahead.js";
import { lineRate, needsFullPlayer, segmentAt, startVariant, variants } from "./player/first.js";
import { QUALITY, RATE } from "./player/remembered.js";
import { recall } from "./store.js";

const { video: id, session, hls, hlsLight } = document.querySelector("#head-start").dataset; // the body may not be there yet
const masterUrl = new URL(films.masterUrl(id), location.href).href;
const ahead = new Ahead();
const rate = lineRate(recall(RATE), navigator.connection);
const isSignedIn = openSession();
const film = isSignedIn.then((isOpen) => (isOpen ? films.film(id) : null));
const master = isSignedIn.then((isOpen) => (isOpen ? ahead.ask(masterUrl, "text") : ""));
const hlsScript = loadHls();

/**
 * `rate`: bits per second of the line, or null. `isSignedIn`: after a renewal, if need be. `film`: as
 * the API has it. `hlsScript`: resolves once it ran or failed. `variant`: resolves with the one to
 * begin with, or undefined. What rejects, does so with the API's error.
 */
export const headStart = { id: Number(id), ahead, rate, isSignedIn, film, hlsScript, variant: begin() };

for (const promise of [isSignedIn, film, master]) promise.catch(() => {}); // who awaits them answers

async function openSession() {
  return session === "access" || (session === "refresh" && (await refresh()));
}

/** The master says which hls.js is enough; where it does not come, hls.js finds out why. */
async function loadHls() {
  if (!globalThis.MediaSource && !globalThis.ManagedMediaSource) return; // the browser's own HLS
  const text = await master.catch(() => "");
  const isLightEnough = text !== "" && !needsFullPlayer(text);
  await run(isLightEnough ? hlsLight : hls);
}

function run(src) {
  return new Promise((resolve) => {
    const script = Object.assign(document.createElement("script"), { src, onload: resolve, onerror: resolve });
    document.head.append(script);
  });
}

/** Ask for the first playlist and its segment, beside hls.js itself. */
async function begin() {
  try {
    const variant = startVariant(variants(await master, masterUrl), { wanted: recall(QUALITY), rate });
    if (variant) askForSegment(variant).catch(() => {}); // hls.js asks again
    return variant;
  } catch {
    return undefined;
  }
}

async function askForSegment({ url }) {
  const [playlist, { position }] = await Promise.all([ahead.ask(url, "text"), film]);
  const segment = segmentAt(playlist, position ?? 0, url);
  if (segment) await ahead.ask(segment, "arrayBuffer");
}
