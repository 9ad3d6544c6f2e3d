import { $api } from "../../api/client";
import type { LedgerSearch } from "./search";

const PAGE_SIZE = 50;

/** While the live stream is down, we ask this often. */
export const ASK_EVERY_MS = 10_000;

export const ledgerKey = (client: string) => $api.queryOptions("get", "/api/v1/ledger", { params: { query: { client } } }).queryKey;

export const summaryQuery = (client: string) =>
  $api.queryOptions("get", "/api/v1/ledger/summary", { params: { query: { client } } });

export function useLedger(client: string, { state, channel }: LedgerSearch, live: boolean) {
  return $api.useInfiniteQuery(
    "get",
    "/api/v1/ledger",
    { params: { query: { client, limit: PAGE_SIZE, ...(state && { state }), ...(channel && { channel }) } } },
    {
      pageParamName: "cursor",
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next_cursor,
      refetchInterval: live ? false : ASK_EVERY_MS,
    },
  );
}
