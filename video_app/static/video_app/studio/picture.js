/** The picture that staff choose instead of a frame: sent at once, beside the film. */

import { t } from "../language.js";
import { words } from "./http.js";

export const LARGEST_PICTURE = 30e6;

/** `{poster}`, the address of the film's poster now, or `{problem}` in words. */
export async function sendPicture(ask, url, picture) {
  if (picture.size > LARGEST_PICTURE) return { problem: t("This picture is larger than %(size)s.", { size: "30 MB" }) };
  const body = new FormData();
  body.append("thumbnail", picture);
  body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
  const answer = await ask("POST", url, { body });
  return answer.status === 200 ? { poster: answer.json.poster } : { problem: words(answer) };
}
