/** The menus for subtitles and spoken languages; both stay hidden where there is no choice. */

import { $ } from "../dom.js";
import { t } from "../language.js";
import { OFF, trackChoices, trackKey, trackLabel, wantedTrack } from "./choices.js";
import { Menu } from "./menu.js";

export class Subtitles {
  constructor(preferences) {
    this.preferences = preferences;
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
    this.preferences.change(index === OFF ? { shows_subtitles: false } : chosenSubtitles(this.hls.subtitleTracks[index]));
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
    const { shows_subtitles: isOn, subtitle_language: language, subtitle_name: name } = this.preferences.now;
    const liked = wantedTrack(tracks, { language, name });
    if (liked !== OFF) this.last = liked;
    if (typeof isOn !== "boolean" || (isOn && liked === OFF)) return; // the film's own default holds
    const wanted = isOn ? liked : OFF;
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

function chosenSubtitles(track) {
  const { language, name } = trackKey(track);
  return { shows_subtitles: true, subtitle_language: language, subtitle_name: name };
}

export class Languages {
  constructor(preferences) {
    this.preferences = preferences;
    this.menu = new Menu($("#audio-menu"), (index) => this.choose(index));
  }

  follow(hls) {
    this.hls = hls;
    this.isFilled = false;
    this.menu.fill([]);
  }

  fill(tracks) {
    const { audio_language: language, audio_name: name } = this.preferences.now;
    const wanted = this.isFilled ? -1 : wantedTrack(tracks, { language, name });
    if (wanted >= 0) this.hls.audioTrack = wanted;
    this.isFilled ||= tracks.length > 0;
    this.menu.fill(trackChoices(tracks), Math.max(0, this.hls.audioTrack));
  }

  choose(index) {
    this.hls.audioTrack = index;
    const { language, name } = trackKey(this.hls.audioTracks[index]);
    this.preferences.change({ audio_language: language, audio_name: name });
  }
}
