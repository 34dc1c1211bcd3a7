/** The names under which this browser keeps what a viewer chose, each profile for itself. */

import { recall } from "../store.js";

const { id } = JSON.parse(recall("videoflix.profile") ?? "{}");
const own = (name) => (id ? `${name}.${id}` : name); // the main profile's number is 0

export const LANGUAGE = own("videoflix.language");
export const LOOK = own("videoflix.subtitle-look");
export const QUALITY = "videoflix.quality";
export const RATE = "videoflix.line";
export const SPEED = own("videoflix.speed");
export const SUBTITLES = own("videoflix.subtitles"); // a track's key, or "" for none
export const VOLUME = "videoflix.volume";
