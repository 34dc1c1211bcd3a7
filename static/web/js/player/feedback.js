/** A key or a double tap answers with something seen: "+10 s", "Volume 70 %". */

import { $ } from "../dom.js";
import { t } from "../language.js";

const SHOWN_FOR = 900;
let timer;

export function flash(text) {
  if (!text) return;
  const element = $("#flash");
  element.textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => (element.textContent = ""), SHOWN_FOR);
}

/** -10 → "−10 s" */
export function skipText(seconds) {
  return `${seconds < 0 ? "−" : "+"}${t("%(count)s s", { count: Math.abs(seconds) })}`;
}
