/** The menus for subtitles and spoken languages; both stay hidden where there is no choice. */

import { $ } from "../dom.js";
import { t } from "../language.js";
import { recall, remember } from "../store.js";
import { OFF, trackChoices, trackKey, trackLabel, wantedTrack } from "./choices.js";
import { Menu } from "./menu.js";
import { LANGUAGE, SUBTITLES } from "./remembered.js";

export class Subtitles {
  constructor() {
    this.menu = new Menu($("#subtitle-menu"), (index) => this.choose(index));
  }

  /** A film begins; `hls` is null where the browser plays by itself. */
  follow(hls) {
    this.hls = hls;
    this.last = 0;
    this.isFilled = false;
    this.menu.fill([]);
  }

  /** hls.js says so at every change of the rendition too: what is chosen stays. */
  fill(tracks) {
    if (!this.isFilled && tracks.length) this.#recall(tracks);
    this.menu.fill([{ value: OFF, label: t("Off") }, ...trackChoices(tracks)], this.hls.subtitleTrack);
  }

  choose(index) {
    this.#apply(index);
    remember(SUBTITLES, index === OFF ? "" : trackKey(this.hls.subtitleTracks[index]));
  }

  /** On or off; the words for what holds now. */
  toggle() {
    const tracks = this.hls?.subtitleTracks ?? [];
    if (!tracks.length) return t("This film has no subtitles");
    const index = this.hls.subtitleTrack === OFF ? this.last : OFF;
    this.choose(index);
    this.menu.choose(index);
    return index === OFF ? t("Subtitles off") : t("Subtitles: %(name)s", { name: trackLabel(tracks[index]) });
  }

  #recall(tracks) {
    this.isFilled = true;
    const key = recall(SUBTITLES);
    const wanted = wantedTrack(tracks, key);
    if (key === null || (key !== "" && wanted === OFF)) return; // the film's own default holds
    // Once hls.js is through: it gives a track up that the <video> does not show yet.
    queueMicrotask(() => {
      this.#apply(wanted);
      this.menu.choose(wanted);
    });
  }

  #apply(index) {
    this.hls.subtitleDisplay = index !== OFF;
    this.hls.subtitleTrack = index;
    if (index !== OFF) this.last = index;
  }
}

export class Languages {
  constructor() {
    this.menu = new Menu($("#audio-menu"), (index) => this.choose(index));
  }

  follow(hls) {
    this.hls = hls;
    this.isFilled = false;
    this.menu.fill([]);
  }

  fill(tracks) {
    const wanted = this.isFilled ? -1 : wantedTrack(tracks, recall(LANGUAGE));
    if (wanted >= 0) this.hls.audioTrack = wanted;
    this.isFilled ||= tracks.length > 0;
    this.menu.fill(trackChoices(tracks), Math.max(0, this.hls.audioTrack));
  }

  choose(index) {
    this.hls.audioTrack = index;
    remember(LANGUAGE, trackKey(this.hls.audioTracks[index]));
  }
}
