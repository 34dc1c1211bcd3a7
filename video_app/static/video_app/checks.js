/** What is wrong with the files of the plain form, said before an hour of uploading. */

import { t } from "./language.js";
import { refusal } from "./studio/drop.js";

/** `{input, words}` of the first file that would be refused, or null. `decode` reads a picture. */
export async function firstProblem(film, picture, decode = globalThis.createImageBitmap) {
  const [file] = film.files;
  const words = file ? refusal(file, limits(film.dataset)) : "";
  if (words) return { input: film, words };
  const [image] = picture?.files ?? [];
  if (!image || await isReadable(image, decode)) return null;
  return { input: picture, words: t("This is not a picture we can read: JPEG, PNG, WebP or GIF.") };
}

function limits({ endings, largest, largestWords }) {
  return { endings: endings.split(" "), largest: { bytes: Number(largest), words: largestWords } };
}

async function isReadable(image, decode) {
  try {
    (await decode(image)).close();
    return true;
  } catch {
    return false;
  }
}
