/** What the first frame needs, read from a master and a playlist: decisions only. */

const CAUTION = 0.6; // of the line's rate: the first segment should come sooner than it plays
const KEPT_FOR = 6 * 3600 * 1000;
const SAVING_RATE = 1e6; // for people who want to save data
const FAR = 100; // milliseconds for a small file: nearer servers, as at home, are hardly slow

/** `[{url, name, rate}]` in the master's order; rates in bits per second. */
export function variants(master, base) {
  const found = /^#EXT-X-STREAM-INF:(.*)\n([^#\n].*)$/gm;
  return [...master.matchAll(found)].map(([, attributes, path]) => ({
    url: new URL(path, base).href,
    rate: Number(/(?:^|,)BANDWIDTH=(\d+)/.exec(attributes)?.[1] ?? 0),
    name: /(\d+p)\//.exec(path)?.[1] ?? "",
  }));
}

/** Several languages or subtitles need hls.js in its full size. */
export function needsFullPlayer(master) {
  return /^#EXT-X-MEDIA:/m.test(master);
}

/**
 * The variant to begin with: the viewer's own choice, else the master's first, which suits most,
 * or the best that a line of `rate` carries with room to spare. `rate` is null when not known.
 */
export function startVariant(list, { wanted, rate }) {
  const chosen = list.find(({ name }) => name === wanted);
  if (chosen || rate === null || !list.length) return chosen ?? list[0];
  const [preferred] = list;
  const carried = list.filter((one) => one.rate <= Math.min(preferred.rate, CAUTION * rate));
  if (carried.length) return carried.reduce((best, one) => (one.rate > best.rate ? one : best));
  return list.reduce((least, one) => (one.rate < least.rate ? one : least));
}

/** The address of the segment at `seconds`, or of the last one; null in an empty playlist. */
export function segmentAt(playlist, seconds, base) {
  const found = /^#EXTINF:([\d.]+).*\n(?:#.*\n)*([^#\n].*)$/gm;
  let until = 0;
  let last = null;
  for (const [, length, path] of playlist.matchAll(found)) {
    until += Number(length);
    last = path;
    if (seconds < until) break;
  }
  return last === null ? null : new URL(last, base).href;
}

/**
 * Bits per second as far as anybody knows, or null: the last film's measure, what the browser says.
 * `latency` is how long the fastest file took so far, in milliseconds.
 */
export function lineRate(remembered, { connection = {}, latency = 0, now = Date.now() } = {}) {
  const rates = [measured(remembered, now), said(connection, latency)].filter((rate) => rate > 0);
  return rates.length ? Math.min(...rates) : null;
}

/** What `lineRate` remembers. */
export function rateToRemember(rate, now = Date.now()) {
  return JSON.stringify([Math.round(rate), now]);
}

function measured(remembered, now) {
  try {
    const [rate, at] = JSON.parse(remembered);
    return now - at < KEPT_FOR ? rate : 0;
  } catch {
    return 0; // nothing remembered
  }
}

/** Chromium ends at 10 Mbit/s, and says 1.5 or 2.5 as long as it knows nothing. */
function said({ downlink, saveData }, latency) {
  if (saveData) return SAVING_RATE;
  return downlink < 10 && latency >= FAR ? downlink * 1e6 : 0;
}
