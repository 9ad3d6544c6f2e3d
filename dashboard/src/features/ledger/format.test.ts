import { expect, test } from "vitest";

import { duration, exactTime, said, shortTime, utcTime } from "./format";

const AT = "2026-11-21T23:05:07.120000Z";

test("an instant is told in the zone of whoever looks, and in UTC for everybody", () => {
  expect(shortTime(AT, "America/New_York")).toBe("21 Nov, 18:05");
  expect(exactTime(AT, "Asia/Tokyo")).toBe("22 Nov 2026, 08:05:07");
  expect(utcTime(AT)).toBe("21 Nov 2026, 23:05:07 UTC");
});

test("midnight is 00, not 24", () => {
  expect(exactTime("2026-11-21T00:00:00Z", "UTC")).toBe("21 Nov 2026, 00:00:00");
});

test.each([
  [45, "45 s"],
  [60, "1 min"],
  [3600, "1 h"],
  [12_900, "3 h 35 min"],
])("%i seconds are %s", (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

test("stored values read as a person would say them", () => {
  expect(said(true)).toBe("yes");
  expect(said(null)).toBe("not known");
  expect(said("quiet_hours")).toBe("quiet hours");
  expect(said("America/New_York")).toBe("America/New_York");
  expect(said("2026-11-21T09:00:00+00:00")).toBe("21 Nov 2026, 09:00:00 UTC");
});
