/** First script of `/watch/<id>/`: asks for all that the first frame needs while the rest arrives. */

import { refresh } from "./api.js";
import { prepare } from "./player/prepare.js";

// Of the script's own element: the body may not be there yet.
const { video, session, hls, hlsLight } = document.querySelector("#head-start").dataset;

export const scripts = { full: hls, light: hlsLight };

/** Whether there is a session, after a renewal if need be; rejects with the API's error. */
export const isSignedIn = openSession();
isSignedIn.catch(() => {}); // who awaits it answers for it

export const headStart = prepare(Number(video), scripts, isSignedIn);

async function openSession() {
  return session === "access" || (session === "refresh" && (await refresh()));
}
