import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTime, parseTime } from "../../videos/static/videos/timecode.js";

test("seconds, minutes and hours are parsed to milliseconds", () => {
  assert.equal(parseTime("4"), 4000);
  assert.equal(parseTime("90"), 90_000);
  assert.equal(parseTime("1:02"), 62_000);
  assert.equal(parseTime("1:00:01"), 3_601_000);
});

test("fractions are parsed with a point or a comma", () => {
  assert.equal(parseTime(" 0:01.5 "), 1500);
  assert.equal(parseTime("0:01,25"), 1250);
});

test("text that is not a timecode is null", () => {
  for (const text of ["", "soon", "1:2:3:4", "-1", "1:", "0:01.2345", "99:99", "0:60", "1:60:00"])
    assert.equal(parseTime(text), null, text);
});

test("milliseconds are formatted to the tenth of a second", () => {
  assert.equal(formatTime(0), "0:00");
  assert.equal(formatTime(62_000), "1:02");
  assert.equal(formatTime(1549), "0:01.5");
  assert.equal(formatTime(59_960), "1:00");
});

test("a formatted time is parsed to the same moment", () => {
  for (const milliseconds of [0, 100, 59_900, 60_000, 179_900]) {
    assert.equal(parseTime(formatTime(milliseconds)), milliseconds);
  }
});
