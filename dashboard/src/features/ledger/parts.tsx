import { ActionIcon, Badge, Code, CopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";

import type { ChannelName, LedgerLine, TouchState } from "../../api/shapes";
import { CHANNELS } from "./channels";
import { exactTime, shortTime, utcTime } from "./format";
import classes from "./ledger.module.css";
import { OUTCOMES, STATES } from "./states";

export function StateBadge({ state }: { state: TouchState }) {
  const { words, colour } = STATES[state];
  return (
    <Badge variant="light" color={colour} tt="none" fw={600} radius="sm" data-state={state}>
      {words}
    </Badge>
  );
}

/** An instant in the viewer's zone; hovering tells it in UTC, and the drawer always does. */
export function Instant({ at, exact }: { at: string; exact?: boolean }) {
  return (
    <Tooltip label={`${exactTime(at)} for you, ${utcTime(at)}`} openDelay={250}>
      <time dateTime={at}>{exact ? exactTime(at) : shortTime(at)}</time>
    </Tooltip>
  );
}

export function ChannelIcon({ channel }: { channel: ChannelName }) {
  const { icon: Icon, words } = CHANNELS[channel];
  return <Icon size={17} stroke={1.6} role="img" aria-label={words} className={classes.channel} />;
}

/** The provider's own word that proves the outcome, ready to be copied into a question to them. */
export function Proof({ line, whole }: { line: LedgerLine; whole?: boolean }) {
  if (line.evidence_id) return <Copyable value={line.evidence_id} name="proof" whole={whole} />;
  return <span className={classes.none}>{OUTCOMES[STATES[line.state].outcome].unproven}</span>;
}

export function Copyable({ value, name, whole }: { value: string; name: string; whole?: boolean }) {
  return (
    <span className={classes.copyable} data-whole={whole || undefined}>
      <Code className={classes.code} title={whole ? undefined : value}>
        {value}
      </Code>
      <CopyButton value={value} timeout={1500}>
        {({ copied, copy }) => (
          <ActionIcon
            variant="subtle"
            color={copied ? "teal" : "gray"}
            size="sm"
            aria-label={copied ? "Copied" : `Copy ${name} ${value}`}
            onClick={(event) => {
              event.stopPropagation();
              copy();
            }}
          >
            {copied ? <IconCheck size={14} /> : <IconCopy size={14} stroke={1.6} />}
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  );
}
