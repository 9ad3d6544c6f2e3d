import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import type { LedgerLine } from "../../api/shapes";
import { follow } from "../../api/stream";
import { holds, type Pages, withLine } from "./lines";
import { ledgerKey, summaryQuery } from "./useLedger";

/** The server closes each stream after two minutes and the browser opens the next: that short gap is no news. */
const GRACE_MS = 4_000;
/** Many changes in one moment are one question to the server. */
const GATHER_MS = 400;

export interface Live {
  connected: boolean;
  /** How often each line changed since this page was opened; a change of the number makes its row flash. */
  changes: ReadonlyMap<string, number>;
}

/** Keeps the ledger of one client in step with the server's stream. */
export function useLive(client: string): Live {
  const queries = useQueryClient();
  const [connected, setConnected] = useState(false);
  const [changes, setChanges] = useState<ReadonlyMap<string, number>>(new Map());

  useEffect(() => {
    let gathering: number | undefined;
    let losing: number | undefined;
    let unseen = false;
    let counted = true;
    const key = ledgerKey(client);
    const isReading = () => queries.isFetching({ queryKey: key }) > 0;

    const askAgain = () => {
      gathering = undefined;
      if (!counted) void queries.invalidateQueries({ queryKey: summaryQuery(client).queryKey });
      counted = true;
      if (unseen && isReading()) return soon(); // to ask now would take older lines away from whoever waits for them
      if (unseen) void queries.invalidateQueries({ queryKey: key });
      unseen = false;
    };
    const soon = () => {
      gathering ??= window.setTimeout(askAgain, GATHER_MS);
    };
    const gather = () => {
      counted = false;
      soon();
    };

    const leave = follow<LedgerLine>(`/api/v1/events?client=${encodeURIComponent(client)}`, {
      event: "touch",
      onData: (line) => {
        const shown = queries.getQueriesData<Pages>({ queryKey: key });
        // An answer that is under way puts the lines back as they were when it was asked for: then once more.
        if (isReading() || shown.some(([, pages]) => !holds(pages, line.id))) unseen = true;
        queries.setQueriesData<Pages>({ queryKey: key }, (pages) => pages && withLine(pages, line));
        setChanges((before) => new Map(before).set(line.id, (before.get(line.id) ?? 0) + 1));
        gather();
      },
      onLink: (link) => {
        window.clearTimeout(losing);
        if (link === "broken") {
          losing = window.setTimeout(() => setConnected(false), GRACE_MS);
          return;
        }
        setConnected(true);
        // It tells only what changes from now on: what changed before, were it a second ago, is asked for once more.
        unseen = true;
        gather();
      },
    });
    return () => {
      leave();
      window.clearTimeout(gathering);
      window.clearTimeout(losing);
      setConnected(false);
      setChanges(new Map());
    };
  }, [client, queries]);

  return { connected, changes };
}
