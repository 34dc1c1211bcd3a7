/**
 * AirPlay where hls.js plays: the television cannot take a stream that scripts feed, so the film
 * gets a play link as a second source, which Safari hands over. Only Safari has all of this.
 */

import { makeLink } from "../elsewhere.js";

const HLS = "application/x-mpegURL";

/** Show the button while there are televisions. `film()` is `{id, hls}` of what plays now. */
export function offerAirPlay(video, button, film, link = makeLink) {
  if (!("webkitShowPlaybackTargetPicker" in video)) return;
  // Said by whoever wrote the page, before hls.js says so for its own stream.
  if (video.hasAttribute("disableremoteplayback")) return;
  video.addEventListener("webkitplaybacktargetavailabilitychanged", ({ availability }) => {
    button.hidden = availability !== "available";
  });
  video.addEventListener("webkitcurrentplaybacktargetiswirelesschanged", () => {
    const { hls } = film();
    if (video.webkitCurrentPlaybackTargetIsWireless) hls?.stopLoad(); // one device loads, not both
    else hls?.startLoad(video.currentTime);
  });
  button.addEventListener("click", async () => {
    await addSource(video, film(), link);
    video.webkitShowPlaybackTargetPicker();
  });
}

/** Of this film; that of another one goes. */
async function addSource(video, { id, hls }, link) {
  if (!hls || source(video)?.dataset.film === String(id)) return;
  removeSource(video);
  const { url } = await link(id);
  const element = Object.assign(document.createElement("source"), { src: url, type: HLS });
  element.dataset.film = id;
  video.append(element);
  video.disableRemotePlayback = false;
}

export function removeSource(video) {
  source(video)?.remove();
}

function source(video) {
  return video.querySelector("source[data-film]");
}
