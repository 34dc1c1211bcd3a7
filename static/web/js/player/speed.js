/** The speed menu; the choice holds for the next film too. */

import { $ } from "../dom.js";
import { t } from "../language.js";
import { recall, remember } from "../store.js";
import { speedLabel, SPEEDS, stepSpeed, wantedSpeed } from "./choices.js";
import { Menu } from "./menu.js";
import { SPEED } from "./remembered.js";

export class Speed {
  constructor(video) {
    this.video = video;
    this.menu = new Menu($("#speed-menu"), (speed) => this.choose(speed));
    const speed = wantedSpeed(recall(SPEED));
    this.menu.fill(SPEEDS.map((value) => ({ value, label: speedLabel(value) })), speed);
    this.#apply(speed);
  }

  choose(speed) {
    this.#apply(speed);
    this.menu.choose(speed);
    remember(SPEED, speed);
  }

  /** Faster (1) or slower (-1); the words for what holds now. */
  step(direction) {
    this.choose(stepSpeed(this.video.defaultPlaybackRate, direction));
    return t("Speed: %(speed)s", { speed: speedLabel(this.video.defaultPlaybackRate) });
  }

  #apply(speed) {
    this.video.defaultPlaybackRate = speed; // loading resets the other one to it
    this.video.playbackRate = speed;
    const name = speed === 1 ? t("Speed") : t("Speed, now %(speed)s", { speed: speedLabel(speed) });
    this.menu.button.setAttribute("aria-label", name);
  }
}
