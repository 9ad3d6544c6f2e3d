import { QueryCache, QueryClient } from "@tanstack/react-query";

import { $api } from "../api/client";
import { isSignedOut, problemOf } from "../api/problem";

const REFUSED_FOR_GOOD = [400, 401, 403, 404, 409, 422];

export const sessionQuery = $api.queryOptions("get", "/api/v1/session", {}, { staleTime: 5 * 60_000, retry: false });

/** `onSignedOut` is called when the server no longer knows who is asking. */
export function makeQueryClient(onSignedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (isSignedOut(error) && query.queryKey[1] !== sessionQuery.queryKey[1]) onSignedOut();
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (times, error) => times < 2 && !REFUSED_FOR_GOOD.includes(problemOf(error).status ?? 0),
      },
    },
  });
}
