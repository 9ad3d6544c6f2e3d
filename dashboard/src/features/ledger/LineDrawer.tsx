import { Alert, Button, Drawer, Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import type { LedgerLine } from "../../api/shapes";
import { CHANNELS } from "./channels";
import { Decision } from "./Decision";
import { exactTime, plain, providerName, utcTime } from "./format";
import { nameOf, StepName } from "./LedgerTable";
import classes from "./drawer.module.css";
import { Copyable, Proof, StateBadge } from "./parts";
import { OUTCOMES, STATES } from "./states";

interface Props {
  opened: boolean;
  line: LedgerLine | undefined;
  more: boolean;
  onMore: () => void;
  onClose: () => void;
}

export function LineDrawer({ opened, line, more, onMore, onClose }: Props) {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size="lg"
      title={<span className={classes.title}>{line ? nameOf(line) : "One line of the ledger"}</span>}
      attributes={{ header: { role: "presentation" } }}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {line ? <Line line={line} /> : <NotLoaded more={more} onMore={onMore} />}
    </Drawer>
  );
}

function NotLoaded({ more, onMore }: { more: boolean; onMore: () => void }) {
  return (
    <Alert color="yellow" title="This line is not on the page">
      {more ? "It may be among older lines, or hidden by the filters." : "It may be hidden by the filters, or belong to another client."}
      {more && (
        <Button mt="sm" size="xs" variant="default" onClick={onMore}>
          Load more lines
        </Button>
      )}
    </Alert>
  );
}

function Line({ line }: { line: LedgerLine }) {
  return (
    <Stack gap="lg">
      <div>
        <Group gap="xs" mb={6}>
          <StateBadge state={line.state} />
          {line.reason && <Text size="sm">{plain(line.reason)}</Text>}
        </Group>
        <Text size="sm">{STATES[line.state].explained}</Text>
      </div>
      <Section title="Proof">
        <Fact name="Proof of the outcome">
          <Proof line={line} whole />
        </Fact>
        <Fact name="Proven">{line.confirmed_at ? <When at={line.confirmed_at} /> : OUTCOMES[STATES[line.state].outcome].unproven}</Fact>
        <Fact name={`${providerName(line.provider)}’s id`}>
          {line.provider_id ? <Copyable value={line.provider_id} name="provider’s id" whole /> : "none"}
        </Fact>
        <Fact name="Hash of the exact text sent">
          <Copyable value={line.body_hash} name="hash" whole />
        </Fact>
      </Section>
      <Section title="Message">
        <Fact name="To">{line.to_address}</Fact>
        <Fact name="Channel">
          {CHANNELS[line.channel].words} by {providerName(line.provider)}
        </Fact>
        <Fact name="Sequence">{line.sequence ?? "none"}</Fact>
        <Fact name="Step">
          <StepName line={line} />
        </Fact>
        <Fact name="Written down before sending">
          <When at={line.armed_at} />
        </Fact>
        <Fact name="Last change">
          <When at={line.changed_at} />
        </Fact>
        <Fact name="Our id">
          <Copyable value={line.id} name="our id" whole />
        </Fact>
      </Section>
      <section>
        <Title order={3} size="sm" mb={4}>
          Why, as decided then
        </Title>
        <Decision decision={line.decision} />
      </section>
    </Stack>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Title order={3} size="sm" mb={4}>
        {title}
      </Title>
      <dl className={classes.facts}>{children}</dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function When({ at }: { at: string }) {
  return (
    <time dateTime={at}>
      {exactTime(at)}
      <Text component="span" size="xs" c="dimmed" display="block">
        {utcTime(at)}
      </Text>
    </time>
  );
}
