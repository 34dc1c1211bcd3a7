/** Frames to choose from, out of a film's storyboard. */

const COUNT = 8;
const CUE = /(\d+):(\d\d):(\d\d\.\d+) -->[^\n]*\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/g;

/** Some small pictures, evenly over the film but for its very ends; `base` is the text's address. */
export function suggested(vtt, base) {
  const all = [...vtt.matchAll(CUE)].map(([, h, m, s, sheet, x, y, width, height]) => ({
    seconds: 3600 * Number(h) + 60 * Number(m) + Number(s),
    sheet: new URL(sheet, base).href,
    x: Number(x), y: Number(y), width: Number(width), height: Number(height),
  }));
  if (all.length <= COUNT) return all;
  return Array.from({ length: COUNT }, (_, number) => all[Math.floor(((number + 0.5) * all.length) / COUNT)]);
}
