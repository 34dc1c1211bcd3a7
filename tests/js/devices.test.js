import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { offerAirPlay } from "../../static/web/js/player/airplay.js";
import { loadRequest, offerCast, SENDER } from "../../static/web/js/player/cast.js";

const link = async (film) => ({ url: `https://films.example/api/play/right/${film}/master.m3u8` });

/** The least of a <video> in Safari. */
class Video extends EventTarget {
  disableRemotePlayback = true; // as hls.js leaves it
  webkitCurrentPlaybackTargetIsWireless = false;
  currentTime = 42;
  sources = [];
  pickers = 0;
  isOptedOut = false;
  hasAttribute = () => this.isOptedOut;
  webkitShowPlaybackTargetPicker = () => (this.pickers += 1);
  querySelector = () => this.sources.at(-1) ?? null;
  append = (source) => this.sources.push(source);
  pause = () => (this.isPaused = true);
}

class Button extends EventTarget {
  hidden = true;
}

let video;
let button;

beforeEach(() => {
  [video, button] = [new Video(), new Button()];
  globalThis.document = { createElement: () => ({ dataset: {}, remove: () => video.sources.pop() }) };
});
afterEach(() => {
  for (const name of ["document", "chrome", "cast", "__onGCastApiAvailable"]) delete globalThis[name];
});

const press = async () => {
  button.dispatchEvent(new Event("click"));
  await new Promise((resolve) => setTimeout(resolve));
};

test("AirPlay: adds the link as a source, once per film", async () => {
  let id = 7;
  offerAirPlay(video, button, () => ({ id, hls: {} }), link);
  await press();
  await press();
  assert.deepEqual(video.sources.map(({ src }) => src), [(await link(7)).url]);

  id = 8;
  await press();

  assert.deepEqual(video.sources.map(({ src }) => src), [(await link(8)).url]);
  assert.equal(video.disableRemotePlayback, false);
  assert.equal(video.pickers, 3);
});

test("AirPlay: shows the button while there is a television", () => {
  offerAirPlay(video, button, () => ({}), link);
  const tell = (availability) => video.dispatchEvent(Object.assign(new Event("webkitplaybacktargetavailabilitychanged"), { availability }));

  tell("available");
  assert.equal(button.hidden, false);
  tell("not-available");
  assert.equal(button.hidden, true);
});

test("AirPlay: loads nothing here while the television does", () => {
  const calls = [];
  const hls = { stopLoad: () => calls.push("stop"), startLoad: (at) => calls.push(at) };
  offerAirPlay(video, button, () => ({ id: 7, hls }), link);
  for (const isWireless of [true, false]) {
    video.webkitCurrentPlaybackTargetIsWireless = isWireless;
    video.dispatchEvent(new Event("webkitcurrentplaybacktargetiswirelesschanged"));
  }

  assert.deepEqual(calls, ["stop", 42]);
});

test("AirPlay: respects a page that forbids it", async () => {
  video.isOptedOut = true;
  offerAirPlay(video, button, () => ({ id: 7, hls: {} }), link);
  await press();

  assert.deepEqual([video.sources, video.pickers], [[], 0]);
});

/** The least of Google's sender. */
function fakeCast() {
  const loaded = [];
  const context = Object.assign(new EventTarget(), {
    state: "NO_DEVICES_AVAILABLE",
    setOptions: (options) => (context.options = options),
    getCastState: () => context.state,
    requestSession: async () => undefined,
    getCurrentSession: () => ({ loadMedia: async (request) => loaded.push(request) }),
  });
  const media = {
    DEFAULT_MEDIA_RECEIVER_APP_ID: "CC1AD845",
    StreamType: { BUFFERED: "BUFFERED" },
    HlsSegmentFormat: { TS: "ts" },
    HlsVideoSegmentFormat: { MPEG2_TS: "mpeg2_ts" },
    MediaInfo: class {
      constructor(contentId, contentType) {
        Object.assign(this, { contentId, contentType });
      }
    },
    GenericMediaMetadata: class {},
    LoadRequest: class {
      constructor(info) {
        this.media = info;
      }
    },
  };
  globalThis.chrome = { cast: { media, AutoJoinPolicy: { ORIGIN_SCOPED: "origin_scoped" } } };
  globalThis.cast = {
    framework: {
      CastContext: { getInstance: () => context },
      CastContextEventType: { CAST_STATE_CHANGED: "caststatechanged" },
      CastState: { NO_DEVICES_AVAILABLE: "NO_DEVICES_AVAILABLE" },
    },
  };
  return { context, loaded };
}

test("Cast: tells the receiver that picture and sound are transport streams", async () => {
  fakeCast();

  const { media, currentTime } = await loadRequest({ id: 7, title: "Sintel" }, 12.5, link);

  assert.equal(media.contentId, (await link(7)).url);
  assert.equal(media.contentType, "application/x-mpegURL");
  assert.deepEqual([media.hlsSegmentFormat, media.hlsVideoSegmentFormat], ["ts", "mpeg2_ts"]);
  assert.deepEqual([media.metadata.title, currentTime], ["Sintel", 12.5]);
});

test("Cast: shows its button once there is a receiver, and hands over", async () => {
  const { context, loaded } = fakeCast();
  const scripts = [];
  offerCast(video, button, () => ({ id: 7, title: "Sintel" }), { load: (src) => scripts.push(src), link });
  assert.deepEqual(scripts, [SENDER]);
  globalThis.__onGCastApiAvailable(true);
  assert.equal(button.hidden, true);
  context.state = "NOT_CONNECTED";
  context.dispatchEvent(new Event("caststatechanged"));
  assert.equal(button.hidden, false);

  await press();

  assert.equal(loaded.length, 1);
  assert.equal(loaded[0].currentTime, 42);
  assert.equal(video.isPaused, true);
});

test("Cast: loads nothing when the person closes the choice", async () => {
  const { context, loaded } = fakeCast();
  context.requestSession = async () => "cancel";
  offerCast(video, button, () => ({ id: 7 }), { load: () => {}, link });
  globalThis.__onGCastApiAvailable(true);

  await press();

  assert.deepEqual([loaded, video.isPaused], [[], undefined]);
});
