import { useInterval } from "@mantine/hooks";
import { useState } from "react";

import { exactTime } from "./format";
import classes from "./ledger.module.css";
import { ASK_EVERY_MS } from "./useLedger";

export type Freshness = "live" | "reconnecting" | "stale";

/** Stale: the stream is down, and the last answer is older than three questions. */
export function freshness(connected: boolean, answeredAt: number, now: number): Freshness {
  if (connected) return "live";
  return answeredAt > 0 && now - answeredAt > 3 * ASK_EVERY_MS ? "stale" : "reconnecting";
}

/** Says how far this page can be trusted to be the present. */
export function LiveState({ connected, answeredAt }: { connected: boolean; answeredAt: number }) {
  const [now, setNow] = useState(() => Date.now());
  useInterval(() => setNow(Date.now()), 5_000, { autoInvoke: true });
  const fresh = freshness(connected, answeredAt, now);
  const asOf = answeredAt > 0 ? exactTime(new Date(answeredAt).toISOString()) : "";
  const words: Record<Freshness, string> = {
    live: "Live",
    reconnecting: "Reconnecting…",
    stale: `Stale: as of ${asOf}`,
  };
  return (
    <span role="status" className={classes.live} data-fresh={fresh}>
      <span className={classes.dot} aria-hidden />
      {words[fresh]}
    </span>
  );
}
