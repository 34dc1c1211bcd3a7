import assert from "node:assert/strict";
import { test } from "node:test";

import { clock, length, spoken } from "../../static/web/js/time.js";

const cases = (name, of, table) => {
  for (const [seconds, expected] of table) {
    test(`${name}(${seconds}) is "${expected}"`, () => assert.equal(of(seconds), expected));
  }
};

cases("clock", clock, [
  [0, "0:00"], [9.99, "0:09"], [59.999, "0:59"], [60, "1:00"], [62, "1:02"], [3599, "59:59"], [3600, "1:00:00"],
  [3725, "1:02:05"], [36000, "10:00:00"], [-3, "0:00"], [NaN, "–:––"], [Infinity, "–:––"], [undefined, "–:––"],
]);
cases("spoken", spoken, [
  [0, "0 seconds"], [1, "1 second"], [60, "1 minute"], [61, "1 minute 1 second"], [2400, "40 minutes"],
  [3725, "1 hour 2 minutes 5 seconds"], [7200, "2 hours"], [-1, "0 seconds"], [NaN, "0 seconds"],
]);
cases("length", length, [
  [0, ""], [-1, ""], [null, ""], [undefined, ""], [NaN, ""], [0.4, "1 s"], [59, "59 s"], [59.6, "1 min"], [90, "2 min"],
  [3600, "1 h"], [5400, "1 h 30 min"], [7200, "2 h"], [3599, "1 h"],
]);
