/**
 * Google Cast, only where the installation has `CAST=True`: its script is Google's, and the site
 * asks no third party otherwise. The receiver fetches the film itself, by a play link.
 */

import { makeLink } from "../elsewhere.js";

export const SENDER = "https://www.gstatic.com/cv/js/sender/v1/cast_sender.js?loadCastFramework=1";

/** Load the sender; the button appears once there is a receiver. `film()` is `{id, title}`. */
export function offerCast(video, button, film, { load = loadScript, link = makeLink } = {}) {
  globalThis.__onGCastApiAvailable = (isAvailable) => {
    if (isAvailable) start(video, button, film, link);
  };
  load(SENDER);
}

function loadScript(src) {
  document.head.append(Object.assign(document.createElement("script"), { src, async: true }));
}

function start(video, button, film, link) {
  const { chrome, cast } = globalThis;
  const context = cast.framework.CastContext.getInstance();
  context.setOptions({
    receiverApplicationId: chrome.cast.media.DEFAULT_MEDIA_RECEIVER_APP_ID,
    autoJoinPolicy: chrome.cast.AutoJoinPolicy.ORIGIN_SCOPED,
  });
  const { CAST_STATE_CHANGED } = cast.framework.CastContextEventType;
  const showIt = () => (button.hidden = context.getCastState() === cast.framework.CastState.NO_DEVICES_AVAILABLE);
  context.addEventListener(CAST_STATE_CHANGED, showIt);
  showIt();
  button.addEventListener("click", async () => {
    if (await context.requestSession()) return; // an error code: closed, or no such device
    const session = context.getCurrentSession();
    await session.loadMedia(await loadRequest(film(), video.currentTime, link));
    video.pause();
  });
}

/** What the receiver is asked to play. Picture and sound both come in transport streams. */
export async function loadRequest({ id, title }, position, link = makeLink) {
  const { media } = globalThis.chrome.cast;
  const { url } = await link(id);
  const info = new media.MediaInfo(url, "application/x-mpegURL");
  info.streamType = media.StreamType.BUFFERED;
  info.hlsSegmentFormat = media.HlsSegmentFormat.TS;
  info.hlsVideoSegmentFormat = media.HlsVideoSegmentFormat.MPEG2_TS;
  info.metadata = Object.assign(new media.GenericMediaMetadata(), { title });
  const request = new media.LoadRequest(info);
  request.currentTime = position;
  return request;
}
