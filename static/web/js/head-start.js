/** First module of `/watch/<id>/`: asks for all that the first frame needs before the others run. */

import { refresh } from "./api.js";
import { prepare } from "./player/prepare.js";

const { video, session, hls, hlsLight } = document.querySelector("#player-script").dataset;

export const scripts = { full: hls, light: hlsLight };

/** Whether there is a session, after a renewal if need be; rejects with the API's error. */
export const isSignedIn = openSession();
isSignedIn.catch(() => {}); // who awaits it answers for it

export const headStart = prepare(Number(video), scripts, isSignedIn);

async function openSession() {
  return session === "access" || (session === "refresh" && (await refresh()));
}
