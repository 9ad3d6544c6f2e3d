import { MantineProvider } from "@mantine/core";
import { cleanup, render, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, test } from "vitest";

import { Decision } from "./Decision";
import { StateBadge } from "./parts";
import { ALL_STATES, STATES } from "./states";

const show = (part: ReactNode) => render(<MantineProvider>{part}</MantineProvider>);
afterEach(cleanup);

test.each(ALL_STATES)("the badge says %s in words, never by colour alone", (state) => {
  show(<StateBadge state={state} />);
  expect(screen.getByText(STATES[state].words)).toBeTruthy();
});

test("a decision is a list in plain words", () => {
  show(<Decision decision={{ verdict: "allow", zones: ["America/New_York"], window_seconds: 12_900, consent: null }} />);
  expect(screen.getByText("Sending window still open for").nextSibling?.textContent).toBe("3 h 35 min");
  expect(screen.getByText("Time zones of this person").nextSibling?.textContent).toBe("America/New_York");
  expect(screen.getByText("Consent on file").nextSibling?.textContent).toBe("not known");
});

test("a line without reasons says so", () => {
  show(<Decision decision={{}} />);
  expect(screen.getByText("No reasons were stored with this line.")).toBeTruthy();
});
