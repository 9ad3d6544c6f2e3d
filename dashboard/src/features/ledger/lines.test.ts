import { expect, test } from "vitest";

import type { LedgerLine } from "../../api/shapes";
import { freshness } from "./LiveState";
import { holds, linesOf, type Pages, withLine } from "./lines";

const line = (id: string, state: LedgerLine["state"], second: number): LedgerLine => ({
  id,
  state,
  client: "bright",
  contact: "c",
  contact_name: null,
  enrollment: null,
  sequence: null,
  step: null,
  attempt: 1,
  channel: "sms",
  provider: "twilio",
  to_address: "+14155550100",
  body_hash: "a".repeat(64),
  reason: null,
  armed_at: "2026-11-21T09:00:00Z",
  confirmed_at: null,
  changed_at: `2026-11-21T09:00:0${second}Z`,
  provider_id: null,
  evidence_id: null,
  decision: {},
});

const pages: Pages = {
  pages: [
    { items: [line("a", "sending", 1), line("b", "sending", 1)], next_cursor: "x" },
    { items: [line("b", "accepted", 2), line("c", "failed", 1)], next_cursor: null },
  ],
  pageParams: [null, "x"],
};

test("a line that moved while paging stands there once", () => {
  expect(linesOf(pages).map((one) => one.id)).toEqual(["a", "b", "c"]);
});

test("news replaces the line wherever it stands", () => {
  const after = withLine(pages, line("a", "delivered", 3));
  expect(linesOf(after)[0]?.state).toBe("delivered");
  expect(linesOf(pages)[0]?.state).toBe("sending");
});

test("news that is older than what is shown changes nothing", () => {
  const after = withLine(withLine(pages, line("a", "delivered", 3)), line("a", "accepted", 2));
  expect(linesOf(after)[0]?.state).toBe("delivered");
});

test("news of the same second as what is shown replaces it, also where that came on the second", () => {
  const later = { ...line("a", "delivered", 2), changed_at: "2026-11-21T09:00:02.000350Z" };
  const after = withLine(withLine(pages, line("a", "accepted", 2)), later);
  expect(linesOf(after)[0]?.state).toBe("delivered");
  expect(linesOf(withLine(after, line("a", "accepted", 2)))[0]?.state).toBe("delivered");
});

test("it is known whether a line is on the page", () => {
  expect(holds(pages, "c")).toBe(true);
  expect(holds(pages, "d")).toBe(false);
  expect(holds(undefined, "a")).toBe(false);
});

test("the page says live only while the stream is open, and stale once three questions went unanswered", () => {
  expect(freshness(true, 0, 1_000_000)).toBe("live");
  expect(freshness(false, 980_000, 1_000_000)).toBe("reconnecting");
  expect(freshness(false, 900_000, 1_000_000)).toBe("stale");
});
