/** How subtitles look: their size and what stands behind them; the profile's on every device. */

import { $ } from "../dom.js";
import { mark, t } from "../language.js";

export const LOOKS = {
  size: [["small", mark("Small")], ["normal", mark("Normal")], ["large", mark("Large")], ["huge", mark("Very large")]],
  ground: [["box", mark("Box")], ["shadow", mark("Shadow")], ["solid", mark("Black")], ["yellow", mark("Yellow")]],
};
const USUAL = { size: "normal", ground: "box" };

const column = (name) => `subtitle_${name}`;

/** The profile's look, as far as there is one. */
export function wantedLook(chosen) {
  const known = (name) => LOOKS[name].some(([value]) => value === chosen[column(name)]);
  return Object.fromEntries(Object.keys(LOOKS).map((name) => [name, known(name) ? chosen[column(name)] : USUAL[name]]));
}

export function startLook(player, preferences) {
  const look = wantedLook(preferences.now);
  const apply = () => Object.assign(player.dataset, { cueSize: look.size, cueGround: look.ground });
  for (const [name, choices] of Object.entries(LOOKS)) {
    const select = $(`#cue-${name}`);
    select.append(...choices.map(([value, label]) => new Option(t(label), value, false, value === look[name])));
    select.addEventListener("change", () => {
      look[name] = select.value;
      apply();
      preferences.change({ [column(name)]: select.value });
    });
  }
  apply();
}
