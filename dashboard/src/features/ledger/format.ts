import type { Provider } from "../../api/shapes";

const SHORT: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
const EXACT: Intl.DateTimeFormatOptions = { ...SHORT, year: "numeric", second: "2-digit" };

const written = (at: string, options: Intl.DateTimeFormatOptions, zone?: string) =>
  new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone, hourCycle: "h23" }).format(new Date(at));

/** "21 Nov, 09:05" in the viewer's zone (or the zone given): short enough for a row. */
export const shortTime = (at: string, zone?: string): string => written(at, SHORT, zone);

/** "21 Nov 2026, 09:05:07" in the viewer's zone (or the zone given). */
export const exactTime = (at: string, zone?: string): string => written(at, EXACT, zone);

/** "21 Nov 2026, 09:05:07 UTC": the same words for everybody. */
export const utcTime = (at: string): string => `${exactTime(at, "UTC")} UTC`;

/** `quiet_hours` → "Quiet hours": for words of the engine that have no words of their own yet. */
export function plain(word: string): string {
  const words = word.replace(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;

/** One value of a stored decision as a person would say it. */
export function said(value: unknown): string {
  if (value === null || value === undefined || value === "") return "not known";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return String(value);
  const text = String(value);
  if (INSTANT.test(text)) return utcTime(text);
  return /^[a-z]+(_[a-z]+)+$/.test(text) ? plain(text).toLowerCase() : text;
}

const PROVIDERS: Record<Provider, string> = {
  twilio: "Twilio",
  resend: "Resend",
  ghl: "GoHighLevel",
  vapi: "Vapi",
  retell: "Retell",
};

export const providerName = (provider: Provider): string => PROVIDERS[provider];

/** 12 900 seconds → "3 h 35 min". */
export function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return `${Math.floor(seconds)} s`;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours && `${hours} h`, rest && `${rest} min`].filter(Boolean).join(" ");
}
