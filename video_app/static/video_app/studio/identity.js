/** Whether a file is the one whose upload was begun: a hash of its first and last MiB. */

const MIB = 1024 ** 2;

/** "<size>-<hash>". Not against forgers, so it needs no secure context. */
export async function fingerprint(file) {
  const ends = file.size > 2 * MIB ? [file.slice(0, MIB), file.slice(-MIB)] : [file];
  let state = [0xdeadbeef, 0x41c6ce57];
  for (const piece of ends) state = mixed(new Uint8Array(await piece.arrayBuffer()), state);
  return `${file.size}-${state.map((half) => half.toString(16).padStart(8, "0")).join("")}`;
}

/** Two independent 32-bit hashes of the bytes, begun with `state`. */
function mixed(content, state) {
  let [one, two] = state;
  for (const byte of content) {
    one = Math.imul(one ^ byte, 2654435761);
    two = Math.imul(two ^ byte, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return [one >>> 0, two >>> 0];
}

/**
 * The unfinished upload that a file goes on with, or null. Same name and size with other content
 * is another film: it is never mixed with what came before.
 */
export function begunUpload(file, print, uploads) {
  const isSame = (upload) =>
    upload.filename === file.name && upload.length === file.size && upload.fingerprint === print;
  return uploads.find(isSame) ?? null;
}
