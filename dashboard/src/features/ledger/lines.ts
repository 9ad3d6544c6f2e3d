import type { InfiniteData } from "@tanstack/react-query";

import type { LedgerLine, LedgerPage } from "../../api/shapes";

export type Pages = InfiniteData<LedgerPage>;

/** Every line that is loaded, once each: a line that moved while paging must not stand there twice. */
export function linesOf(pages: Pages | undefined): LedgerLine[] {
  const all = new Map<string, LedgerLine>();
  for (const page of pages?.pages ?? []) for (const line of page.items) if (!all.has(line.id)) all.set(line.id, line);
  return [...all.values()];
}

export const holds = (pages: Pages | undefined, id: string): boolean =>
  pages?.pages.some((page) => page.items.some((line) => line.id === id)) ?? false;

/** Instants in UTC, with no fraction where it is zero: without the Z they are ordered as they are written. */
const inOrder = (at: string): string => at.replace(/Z$/, "");

/** The same pages with this line as it stands now. An older word never replaces a newer one. */
export function withLine(pages: Pages, line: LedgerLine): Pages {
  const isNews = (old: LedgerLine) => old.id === line.id && inOrder(old.changed_at) <= inOrder(line.changed_at);
  const newest = (old: LedgerLine) => (isNews(old) ? line : old);
  return { ...pages, pages: pages.pages.map((page) => ({ ...page, items: page.items.map(newest) })) };
}
