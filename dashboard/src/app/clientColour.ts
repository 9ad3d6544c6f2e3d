/** Twelve hues that a glance can tell apart; white words on each keep 4.5 : 1 (clientColour.test.ts). */
export const HUES = [
  "#1d4ed8",
  "#0f766e",
  "#b91c1c",
  "#6d28d9",
  "#15803d",
  "#a21caf",
  "#0369a1",
  "#b45309",
  "#be185d",
  "#4d7c0f",
  "#854d0e",
  "#475569",
] as const;

/** The same slug has the same colour on every machine and every day (FNV-1a over its letters). */
export function clientColour(slug: string): string {
  let hash = 0x811c9dc5;
  for (const letter of slug) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return HUES[((hash ^ (hash >>> 15)) >>> 0) % HUES.length] ?? HUES[0];
}

/** One or two letters for a name: "Acme Plumbing" → "AP". */
export function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const [first = "?", second] = words;
  const letters = second ? [first[0], second[0]] : [...first].slice(0, 2);
  return letters.join("").toUpperCase();
}
