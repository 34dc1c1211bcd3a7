/** The names under which this browser keeps what a viewer chose. */

export const LANGUAGE = "videoflix.language";
export const LOOK = "videoflix.subtitle-look";
export const QUALITY = "videoflix.quality";
export const RATE = "videoflix.line";
export const SPEED = "videoflix.speed";
export const SUBTITLES = "videoflix.subtitles"; // a track's key, or "" for none
export const VOLUME = "videoflix.volume";
