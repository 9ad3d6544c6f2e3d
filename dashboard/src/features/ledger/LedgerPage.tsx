import { Alert, Button, Center, Skeleton, Stack, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconAlertCircle } from "@tabler/icons-react";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";

import { problemOf } from "../../api/problem";
import { PageHeader } from "../../app/PageHeader";
import { Filters } from "./Filters";
import { LedgerCards } from "./LedgerCards";
import { LedgerTable } from "./LedgerTable";
import { LineDrawer } from "./LineDrawer";
import { LiveState } from "./LiveState";
import { linesOf } from "./lines";
import type { LedgerSearch } from "./search";
import { Tiles } from "./Tiles";
import { useLedger } from "./useLedger";
import { useLive } from "./useLive";

const ROUTE = "/signed-in/clients/$client/ledger";

export function LedgerPage() {
  const { client } = useParams({ from: ROUTE });
  const search = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: "/clients/$client/ledger" });
  const live = useLive(client);
  const ledger = useLedger(client, search, live.connected);
  const narrow = useMediaQuery("(max-width: 62em)", undefined, { getInitialValueInEffect: false });

  const lines = linesOf(ledger.data);
  const open = (touch: string | undefined) =>
    void navigate({ search: (before) => ({ ...before, touch }), replace: touch === undefined, resetScroll: false });
  const List = narrow ? LedgerCards : LedgerTable;

  return (
    <>
      <PageHeader
        title="Ledger"
        lead="Every message that was ever sent for this client, and the proof of what became of it."
        aside={<LiveState connected={live.connected} answeredAt={ledger.dataUpdatedAt} />}
      />
      <Stack gap="md">
        <Tiles client={client} live={live.connected} />
        <Filters {...search} />
        {ledger.isError && <Failed error={ledger.error} again={() => void ledger.refetch()} keeps={lines.length > 0} />}
        {ledger.isPending && <Loading />}
        {ledger.isSuccess && lines.length === 0 && <Nothing {...search} />}
        {lines.length > 0 && <List lines={lines} changes={live.changes} onOpen={open} />}
        {lines.length > 0 && (
          <Center pb="md">
            {ledger.hasNextPage ? (
              <Button variant="default" loading={ledger.isFetchingNextPage} onClick={() => void ledger.fetchNextPage()}>
                Load more
              </Button>
            ) : (
              <Text size="sm" c="dimmed">
                {lines.length === 1 ? "This is the only line." : `These are all ${lines.length} lines.`}
              </Text>
            )}
          </Center>
        )}
      </Stack>
      <LineDrawer
        opened={search.touch !== undefined}
        line={lines.find((line) => line.id === search.touch)}
        more={ledger.hasNextPage}
        onMore={() => void ledger.fetchNextPage()}
        onClose={() => open(undefined)}
      />
    </>
  );
}

function Loading() {
  return (
    <Stack gap={10} role="status" aria-label="Loading the ledger">
      {Array.from({ length: 8 }, (_, at) => (
        <Skeleton key={at} height={38} />
      ))}
    </Stack>
  );
}

function Nothing({ state, channel }: LedgerSearch) {
  const filtered = state ?? channel;
  return (
    <Stack align="center" gap={4} py={48}>
      <Text fw={600}>{filtered ? "No line matches these filters" : "Nothing has been sent yet"}</Text>
      <Text c="dimmed" size="sm" ta="center">
        {filtered ? "Clear them to see everything." : "The first message will stand here the moment it is written down, before it leaves."}
      </Text>
    </Stack>
  );
}

function Failed({ error, again, keeps }: { error: unknown; again: () => void; keeps: boolean }) {
  const problem = problemOf(error);
  return (
    <Alert role="alert" color="red" icon={<IconAlertCircle />} title={problem.title}>
      <Text size="sm">
        {problem.detail} {keeps && "What you see below is from before."}
      </Text>
      <Button mt="sm" size="xs" variant="default" onClick={again}>
        Try again
      </Button>
    </Alert>
  );
}
