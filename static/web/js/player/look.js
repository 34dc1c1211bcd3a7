/** How subtitles look: their size and what stands behind them; kept for every film. */

import { $ } from "../dom.js";
import { mark, t } from "../language.js";
import { recall, remember } from "../store.js";
import { LOOK } from "./remembered.js";

export const LOOKS = {
  size: [["small", mark("Small")], ["normal", mark("Normal")], ["large", mark("Large")], ["huge", mark("Very large")]],
  ground: [["box", mark("Box")], ["shadow", mark("Shadow")], ["solid", mark("Black")], ["yellow", mark("Yellow")]],
};
const USUAL = { size: "normal", ground: "box" };

/** The remembered look, as far as there is one. */
export function wantedLook(remembered) {
  const kept = parse(remembered);
  const known = (name) => LOOKS[name].some(([value]) => value === kept[name]);
  return Object.fromEntries(Object.keys(LOOKS).map((name) => [name, known(name) ? kept[name] : USUAL[name]]));
}

export function startLook(player) {
  const look = wantedLook(recall(LOOK));
  const apply = () => Object.assign(player.dataset, { cueSize: look.size, cueGround: look.ground });
  for (const [name, choices] of Object.entries(LOOKS)) {
    const select = $(`#cue-${name}`);
    select.append(...choices.map(([value, label]) => new Option(t(label), value, false, value === look[name])));
    select.addEventListener("change", () => {
      look[name] = select.value;
      apply();
      remember(LOOK, JSON.stringify(look));
    });
  }
  apply();
}

function parse(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {}; // nothing remembered
  }
}
