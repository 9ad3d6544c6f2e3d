import { Button, Group, NativeSelect, SegmentedControl } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";

import type { ChannelName, TouchState } from "../../api/shapes";
import { ALL_CHANNELS, CHANNELS } from "./channels";
import classes from "./ledger.module.css";
import type { LedgerSearch } from "./search";
import { ALL_OUTCOMES, OUTCOMES, STATES, statesOf } from "./states";

const EVERY = "every";

const stateOptions = [
  { value: EVERY, label: "Every state" },
  ...ALL_OUTCOMES.map((outcome) => ({
    group: OUTCOMES[outcome].words,
    items: statesOf(outcome).map((state) => ({ value: state as string, label: STATES[state].words })),
  })),
];

const channelOptions = [
  { value: EVERY, label: "All" },
  ...ALL_CHANNELS.map((channel) => ({ value: channel, label: CHANNELS[channel].words })),
];

/** The filters live in the address, so that a link shows the next person the same lines. */
export function Filters({ state, channel }: LedgerSearch) {
  const navigate = useNavigate({ from: "/clients/$client/ledger" });
  const show = (next: LedgerSearch) => void navigate({ search: next, replace: true });
  return (
    <Group gap="sm" align="flex-end" className={classes.filters}>
      <NativeSelect
        aria-label="State"
        data={stateOptions}
        value={state ?? EVERY}
        onChange={({ currentTarget: { value } }) => show({ channel, ...(value !== EVERY && { state: value as TouchState }) })}
        w={{ base: "100%", xs: 220 }}
      />
      <SegmentedControl
        aria-label="Channel"
        data={channelOptions}
        value={channel ?? EVERY}
        onChange={(chosen) => show({ state, ...(chosen !== EVERY && { channel: chosen as ChannelName }) })}
        w={{ base: "100%", xs: "auto" }}
      />
      {(state || channel) && (
        <Button variant="subtle" color="gray" onClick={() => show({})}>
          Clear filters
        </Button>
      )}
    </Group>
  );
}
