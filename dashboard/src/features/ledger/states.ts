import type { LedgerCount, TouchState } from "../../api/shapes";

/** What a state comes to for whoever reads the ledger; each is one tile. */
export type Outcome = "waiting" | "proven" | "failed" | "withheld" | "expired";

export interface StateWords {
  outcome: Outcome;
  words: string;
  explained: string;
  colour: string;
}

export const STATES: Record<TouchState, StateWords> = {
  claimed: { outcome: "waiting", words: "Being written", explained: "The text is being prepared. Nothing has left yet.", colour: "gray" },
  sending: { outcome: "waiting", words: "Sending", explained: "Handed to the provider just now; no answer yet.", colour: "blue" },
  unknown: {
    outcome: "waiting",
    words: "Unclear",
    explained: "The provider did not answer clearly. It is not sent again blindly; we keep asking what became of it.",
    colour: "yellow",
  },
  accepted: { outcome: "waiting", words: "Waiting for proof", explained: "The provider took it. There is no proof of delivery yet.", colour: "blue" },
  review: { outcome: "waiting", words: "Needs a person", explained: "What became of it cannot be settled by itself; a person must look.", colour: "violet" },
  delivered: { outcome: "proven", words: "Delivered", explained: "The provider proved that it was delivered.", colour: "teal" },
  completed: { outcome: "proven", words: "Spoken", explained: "The call was answered and the person spoke.", colour: "teal" },
  failed: { outcome: "failed", words: "Failed", explained: "The provider says that it was not delivered.", colour: "red" },
  bounced: { outcome: "failed", words: "Bounced", explained: "The receiving side sent it back.", colour: "red" },
  complained: { outcome: "failed", words: "Marked as spam", explained: "The person marked it as spam. They get nothing more by this way.", colour: "red" },
  not_sent: { outcome: "failed", words: "Not sent", explained: "It provably never reached the provider.", colour: "orange" },
  suppressed: { outcome: "withheld", words: "Withheld", explained: "Held back before it left, because this person wants no contact.", colour: "gray" },
  cancelled: { outcome: "withheld", words: "Cancelled", explained: "Taken back before it was delivered.", colour: "gray" },
  expired: {
    outcome: "expired",
    words: "No proof in time",
    explained: "No proof came before the deadline. It counts as lost, and is never reported as delivered.",
    colour: "orange",
  },
};

/** `unproven` stands where the proof would stand. */
export const OUTCOMES: Record<Outcome, { words: string; hint: string; unproven: string; colour: string }> = {
  waiting: { words: "Waiting for proof", hint: "sent, not proven yet", unproven: "no proof yet", colour: "blue" },
  proven: { words: "Proven", hint: "with the provider’s word", unproven: "no proof yet", colour: "teal" },
  failed: { words: "Failed", hint: "did not get through", unproven: "refused before sending", colour: "red" },
  withheld: { words: "Withheld", hint: "held back on purpose", unproven: "nothing to prove", colour: "gray" },
  expired: { words: "No proof in time", hint: "counted as lost", unproven: "no proof came", colour: "orange" },
};

export const ALL_STATES = Object.keys(STATES) as TouchState[];
export const ALL_OUTCOMES = Object.keys(OUTCOMES) as Outcome[];

export const statesOf = (outcome: Outcome): TouchState[] => ALL_STATES.filter((state) => STATES[state].outcome === outcome);

/** How many lines each outcome has, over all channels. */
export function countOutcomes(counts: readonly LedgerCount[]): Record<Outcome, number> {
  const sums: Record<Outcome, number> = { waiting: 0, proven: 0, failed: 0, withheld: 0, expired: 0 };
  for (const { state, touches } of counts) sums[STATES[state].outcome] += touches;
  return sums;
}
