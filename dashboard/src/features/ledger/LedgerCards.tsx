import { UnstyledButton } from "@mantine/core";

import { providerName } from "./format";
import { flash, type ListProps, nameOf, StepName } from "./LedgerTable";
import classes from "./ledger.module.css";
import { ChannelIcon, Instant, Proof, StateBadge } from "./parts";

/** The same lines for a narrow screen: nothing is cut off and nothing scrolls sideways. */
export function LedgerCards({ lines, changes, onOpen }: ListProps) {
  return (
    <ul className={classes.cards} aria-label="Ledger">
      {lines.map((line) => (
        <li key={line.id} className={classes.card} data-touch={line.id} data-flash={flash(changes, line.id)} onClick={() => onOpen(line.id)}>
          <div className={classes.cardTop}>
            <UnstyledButton className={classes.open} aria-haspopup="dialog">
              {nameOf(line)}
            </UnstyledButton>
            <StateBadge state={line.state} />
          </div>
          <div className={classes.cardMeta}>
            <ChannelIcon channel={line.channel} />
            <span className={classes.ellipsis}>
              <StepName line={line} /> · {providerName(line.provider)}
            </span>
            <span className={classes.cardTime}>
              <Instant at={line.armed_at} />
            </span>
          </div>
          <Proof line={line} />
        </li>
      ))}
    </ul>
  );
}
