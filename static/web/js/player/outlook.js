/** What is there of a film that is still being encoded, and when there will be more, in words. */

import { t } from "../language.js";
import { clock } from "../time.js";
import { wait } from "../words.js";

const height = (name) => Number.parseInt(name, 10);

/** `state` is the film's status, `until` the seconds that can be played. */
export function outlook({ ready = {}, seconds_left: left }, until) {
  const time = clock(until);
  const names = Object.keys(ready).sort((one, other) => height(one) - height(other));
  const furthest = Math.max(...Object.values(ready));
  const now = names.filter((name) => ready[name] === furthest).at(-1);
  if (!names.length || now === names.at(-1)) return t("Ready up to %(time)s – the rest is being prepared", { time });
  if (!left) return t("Ready up to %(time)s in %(now)s – better soon", { time, now });
  return t("Ready up to %(time)s in %(now)s – better in about %(wait)s", { time, now, wait: wait(left) });
}
