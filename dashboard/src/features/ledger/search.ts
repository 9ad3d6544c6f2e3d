import type { ChannelName, TouchState } from "../../api/shapes";
import { ALL_CHANNELS } from "./channels";
import { ALL_STATES } from "./states";

/** What the address of the ledger page holds: the filters, and the line whose drawer is open. */
export interface LedgerSearch {
  state?: TouchState;
  channel?: ChannelName;
  touch?: string;
}

const oneOf = <T extends string>(known: readonly T[], given: unknown): T | undefined => known.find((one) => one === given);

/** A word in the address that we do not know is no filter, rather than an error page. */
export function readLedgerSearch(given: Record<string, unknown>): LedgerSearch {
  const state = oneOf(ALL_STATES, given.state);
  const channel = oneOf(ALL_CHANNELS, given.channel);
  const touch = typeof given.touch === "string" ? given.touch : undefined;
  return { ...(state && { state }), ...(channel && { channel }), ...(touch && { touch }) };
}
