import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseRendition, HEADROOM } from "../../feed/static/feed/renditions.js";

/**
 * @param {number} side
 * @param {number} bitrate_bps
 * @param {string} [codecs]
 */
const rendition = (side, bitrate_bps, codecs = "h264") => {
  return { url: `${codecs}-${side}.mp4`, codecs, width_px: side, height_px: (side * 16) / 9, bitrate_bps };
};
const LADDER = [rendition(360, 700_000), rendition(540, 1_400_000), rendition(720, 2_400_000)];
/** @type {import("../../feed/static/feed/renditions.js").Conditions} */
const CONDITIONS = { shortSidePx: 720, throughputBps: Infinity, savesData: false, canPlay: () => true };

/** @param {Partial<typeof CONDITIONS>} conditions */
const choose = (conditions, renditions = LADDER) => chooseRendition(renditions, { ...CONDITIONS, ...conditions }).url;

test("a fast network gets the smallest rendition that is sharp on the stage", () => {
  assert.equal(choose({ shortSidePx: 390 }), "h264-360.mp4");
  assert.equal(choose({ shortSidePx: 600 }), "h264-540.mp4");
  assert.equal(choose({ shortSidePx: 720 }), "h264-720.mp4");
});

test("a stage larger than every rendition gets the largest", () => {
  assert.equal(choose({ shortSidePx: 2000 }), "h264-720.mp4");
});

test("a slower network gets the largest rendition that it can carry", () => {
  assert.equal(choose({ throughputBps: 1_400_000 * HEADROOM }), "h264-540.mp4");
  assert.equal(choose({ throughputBps: 1_400_000 * HEADROOM - 1 }), "h264-360.mp4");
});

test("a network too slow for everything gets the first rendition", () => {
  assert.equal(choose({ throughputBps: 1000 }), "h264-360.mp4");
});

test("viewers who save data get the first rendition on any network", () => {
  assert.equal(choose({ savesData: true }), "h264-360.mp4");
});

test("renditions that the browser cannot play are left out", () => {
  const renditions = [rendition(360, 500_000, "av1"), ...LADDER];
  assert.equal(choose({ shortSidePx: 360, canPlay: (codecs) => codecs === "h264" }, renditions), "h264-360.mp4");
});

test("of two renditions of one size the lighter one is chosen", () => {
  const renditions = [rendition(720, 2_400_000), rendition(720, 1_500_000, "av1")];
  assert.equal(choose({}, renditions), "av1-720.mp4");
});

test("a browser that claims to play nothing still gets a rendition", () => {
  assert.equal(choose({ shortSidePx: 360, canPlay: () => false }), "h264-360.mp4");
});

test("the short side counts, so landscape clips are measured by their height", () => {
  const wide = { ...rendition(360, 700_000), url: "wide.mp4", width_px: 640, height_px: 360 };
  assert.equal(choose({ shortSidePx: 540 }, [wide, LADDER[1]]), "h264-540.mp4");
});
