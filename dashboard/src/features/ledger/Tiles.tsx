import { Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import classes from "./ledger.module.css";
import { ALL_OUTCOMES, countOutcomes, OUTCOMES } from "./states";
import { ASK_EVERY_MS, summaryQuery } from "./useLedger";

const count = new Intl.NumberFormat("en-GB");

/** How everything that was ever armed for this client stands. */
export function Tiles({ client, live }: { client: string; live: boolean }) {
  const summary = useQuery({ ...summaryQuery(client), refetchInterval: live ? false : ASK_EVERY_MS });
  const counts = summary.data && countOutcomes(summary.data.items);
  return (
    <dl className={classes.tiles} aria-label="How all messages stand" aria-busy={summary.isPending}>
      {ALL_OUTCOMES.map((outcome) => (
        <div key={outcome} className={classes.tile} data-outcome={outcome}>
          <dt>
            <span className={classes.swatch} style={{ background: `var(--mantine-color-${OUTCOMES[outcome].colour}-6)` }} />
            {OUTCOMES[outcome].words}
          </dt>
          <dd>
            {counts ? <span className={classes.number}>{count.format(counts[outcome])}</span> : <Skeleton visible={!summary.isError} width={48} height={26} my={5} />}
            {summary.isError && !counts && <Text size="sm">not known now</Text>}
            <Text component="span" size="xs" c="dimmed" className={classes.hint}>
              {OUTCOMES[outcome].hint}
            </Text>
          </dd>
        </div>
      ))}
    </dl>
  );
}
