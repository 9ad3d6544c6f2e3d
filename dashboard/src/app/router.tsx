import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";

import { isSignedOut } from "../api/problem";
import { SignInPage } from "../features/accounts/SignInPage";
import { readLedgerSearch } from "../features/ledger/search";
import { ClientShell } from "./ClientShell";
import { NoClient, NotFound, Root, Waiting, Wrong } from "./edges";
import { sessionQuery } from "./queries";

const rootRoute = createRootRouteWithContext<{ queries: QueryClient }>()({ component: Root, notFoundComponent: NotFound });

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  // Only ways within this site: a link from elsewhere must not decide where a person lands after signing in.
  validateSearch: (given: Record<string, unknown>): { then?: string } =>
    typeof given.then === "string" && /^\/(?![/\\])/.test(given.then) ? { then: given.then } : {},
  component: SignInPage,
});

const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "signed-in",
  beforeLoad: async ({ context, location }) => {
    try {
      return { session: await context.queries.ensureQueryData(sessionQuery) };
    } catch (error) {
      if (isSignedOut(error)) throw redirect({ to: "/sign-in", search: { then: location.href } });
      throw error;
    }
  },
});

const startRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/",
  beforeLoad: ({ context }) => {
    const [first] = context.session.clients;
    if (first) throw redirect({ to: "/clients/$client/ledger", params: { client: first.slug }, replace: true });
  },
  component: NoClient,
});

const clientRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/clients/$client",
  component: ClientShell,
});

const clientStartRoute = createRoute({
  getParentRoute: () => clientRoute,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/clients/$client/ledger", params, replace: true });
  },
});

const ledgerRoute = createRoute({
  getParentRoute: () => clientRoute,
  path: "/ledger",
  validateSearch: readLedgerSearch,
  component: lazyRouteComponent(() => import("../features/ledger/LedgerPage"), "LedgerPage"),
});

const routeTree = rootRoute.addChildren([
  signInRoute,
  signedInRoute.addChildren([startRoute, clientRoute.addChildren([clientStartRoute, ledgerRoute])]),
]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    defaultPreload: "intent",
    defaultPendingComponent: Waiting,
    defaultErrorComponent: Wrong,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
