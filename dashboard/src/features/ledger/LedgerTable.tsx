import { Table, Text, UnstyledButton } from "@mantine/core";

import type { LedgerLine } from "../../api/shapes";
import { providerName } from "./format";
import classes from "./ledger.module.css";
import { ChannelIcon, Instant, Proof, StateBadge } from "./parts";

export interface ListProps {
  lines: LedgerLine[];
  changes: ReadonlyMap<string, number>;
  onOpen: (id: string) => void;
}

/** Odd and even changes have two names for one animation, so that it starts again each time. */
export const flash = (changes: ReadonlyMap<string, number>, id: string): "odd" | "even" | undefined => {
  const times = changes.get(id);
  return times === undefined ? undefined : times % 2 ? "odd" : "even";
};

export const nameOf = (line: LedgerLine): string => line.contact_name?.trim() || line.to_address;

/** The name is a button for the keyboard; its click, like any other in the row, is the row's. */
export function LedgerTable({ lines, changes, onOpen }: ListProps) {
  return (
    <Table highlightOnHover verticalSpacing={6} horizontalSpacing="sm" className={classes.table} aria-label="Ledger">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>When</Table.Th>
          <Table.Th>Contact</Table.Th>
          <Table.Th>Step</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th>Provider</Table.Th>
          <Table.Th>Proof</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {lines.map((line) => (
          <Table.Tr key={line.id} data-touch={line.id} data-flash={flash(changes, line.id)} onClick={() => onOpen(line.id)}>
            <Table.Td className={classes.when}>
              <Instant at={line.armed_at} />
            </Table.Td>
            <Table.Td className={classes.who}>
              <UnstyledButton className={classes.open} aria-haspopup="dialog">
                {nameOf(line)}
              </UnstyledButton>
              {line.contact_name && (
                <Text size="xs" c="dimmed" truncate>
                  {line.to_address}
                </Text>
              )}
            </Table.Td>
            <Table.Td className={classes.what}>
              <span className={classes.step}>
                <ChannelIcon channel={line.channel} />
                <span className={classes.ellipsis}>
                  <StepName line={line} />
                </span>
              </span>
            </Table.Td>
            <Table.Td>
              <StateBadge state={line.state} />
            </Table.Td>
            <Table.Td>{providerName(line.provider)}</Table.Td>
            <Table.Td className={classes.proof}>
              <Proof line={line} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

export function StepName({ line }: { line: LedgerLine }) {
  return (
    <>
      {line.step ?? "outside a sequence"}
      {line.attempt > 1 && <span className={classes.attempt}> · attempt {line.attempt}</span>}
    </>
  );
}
