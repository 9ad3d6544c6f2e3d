import { expect, test } from "vitest";

import { readLedgerSearch } from "./search";
import { ALL_STATES, countOutcomes, OUTCOMES, STATES, statesOf } from "./states";

test.each(ALL_STATES)("%s has words, an explanation and a place in one tile", (state) => {
  const { words, explained, outcome } = STATES[state];
  expect(words).not.toBe("");
  expect(explained).toMatch(/\.$/);
  expect(statesOf(outcome)).toContain(state);
});

test("only a state that demands evidence counts as proven", () => {
  expect(statesOf("proven")).toEqual(["delivered", "completed"]);
});

test("no two states are told by the same words", () => {
  const words = ALL_STATES.map((state) => STATES[state].words);
  expect(new Set(words).size).toBe(words.length);
});

test("each line is counted in exactly one tile, over all channels", () => {
  const counts = ALL_STATES.flatMap((state) => [
    { channel: "sms" as const, state, touches: 1 },
    { channel: "email" as const, state, touches: 2 },
  ]);
  const sums = countOutcomes(counts);
  expect(Object.values(sums).reduce((total, one) => total + one)).toBe(3 * ALL_STATES.length);
  expect(sums.expired).toBe(3);
  expect(Object.keys(sums)).toEqual(Object.keys(OUTCOMES));
});

test("a filter that nobody knows is no filter", () => {
  expect(readLedgerSearch({ state: "delivered", channel: "pigeon", touch: 7 })).toEqual({ state: "delivered" });
});
