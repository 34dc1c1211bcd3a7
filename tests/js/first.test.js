/** What the player asks for before hls.js is there. */

import assert from "node:assert/strict";
import test from "node:test";
import {
  lineRate, needsFullPlayer, rateToRemember, segmentAt, startVariant, variants,
} from "../../static/web/js/player/first.js";

const BASE = "http://host/api/video/7/master.m3u8";
const MASTER = `#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=2700000,AVERAGE-BANDWIDTH=2600000,RESOLUTION=1280x720
720p/index.m3u8?b=1
#EXT-X-STREAM-INF:BANDWIDTH=140000,AVERAGE-BANDWIDTH=130000,RESOLUTION=214x120
120p/index.m3u8?b=1
#EXT-X-STREAM-INF:BANDWIDTH=600000,AVERAGE-BANDWIDTH=590000,RESOLUTION=640x360
360p/index.m3u8?b=1
#EXT-X-STREAM-INF:BANDWIDTH=7400000,AVERAGE-BANDWIDTH=6700000,RESOLUTION=1920x1080
1080p/index.m3u8?b=1
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=12784,URI="120p/iframes.m3u8?b=1"
`;
const PLAYLIST = "#EXTM3U\n#EXTINF:2.0,\n000.ts?b=1\n#EXTINF:4.0,\n#EXT-X-NOTE\n001.ts?b=1\n#EXTINF:6.0,\n002.ts?b=1\n";
const PLAYLIST_BASE = "http://host/api/video/7/720p/index.m3u8?b=1";

const named = (rate, wanted = null) => startVariant(variants(MASTER, BASE), { wanted, rate }).name;

test("variants have absolute addresses, rates and names", () => {
  const [first, second] = variants(MASTER, BASE);

  assert.deepEqual(first, { url: "http://host/api/video/7/720p/index.m3u8?b=1", rate: 2700000, name: "720p" });
  assert.equal(second.name, "120p");
  assert.equal(variants(MASTER, BASE).length, 4);
});

test("a film begins with what the master prefers while nothing is known of the line", () => {
  assert.equal(named(null), "720p");
});

test("a film begins with what the line carries, and never with more than the master prefers", () => {
  assert.equal(named(1.6e6), "360p");
  assert.equal(named(50e6), "720p");
  assert.equal(named(0.1e6), "120p");
});

test("the viewer's own choice stands, as far as the film has it", () => {
  assert.equal(named(1.6e6, "1080p"), "1080p");
  assert.equal(named(null, "480p"), "720p");
});

test("an empty master has nothing to begin with", () => {
  assert.equal(startVariant([], { wanted: null, rate: 1e6 }), undefined);
});

test("several languages or subtitles need the full player", () => {
  assert.equal(needsFullPlayer(MASTER), false);
  assert.equal(needsFullPlayer(`${MASTER}#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound"\n`), true);
});

test("the segment at a moment, and the last one after the end", () => {
  const at = (seconds) => segmentAt(PLAYLIST, seconds, PLAYLIST_BASE);

  assert.equal(at(0), "http://host/api/video/7/720p/000.ts?b=1");
  assert.equal(at(2), "http://host/api/video/7/720p/001.ts?b=1");
  assert.equal(at(99), "http://host/api/video/7/720p/002.ts?b=1");
  assert.equal(segmentAt("#EXTM3U\n", 0, PLAYLIST_BASE), null);
});

test("the line's rate is the lesser of what was measured and what the browser says", () => {
  const remembered = rateToRemember(4e6, 1000);
  const rate = (kept, downlink, latency, now = 2000) => lineRate(kept, { connection: { downlink }, latency, now });

  assert.equal(rate(remembered, 1.6, 150), 1.6e6);
  assert.equal(rate(remembered, 1.6, 3), 4e6); // a server at home: the browser only guesses
  assert.equal(rate(remembered, 10, 150), 4e6);
  assert.equal(rate(remembered, 10, 150, 7 * 3600 * 1000), null);
  assert.equal(lineRate(null), null);
  assert.equal(lineRate("nonsense", { connection: { downlink: 8, saveData: true } }), 1e6);
});
