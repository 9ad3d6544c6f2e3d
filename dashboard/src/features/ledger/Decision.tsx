import { Text } from "@mantine/core";

import { duration, plain, said } from "./format";
import classes from "./drawer.module.css";

/** What the engine stores with each touch (workers/compose.py), in words. What it adds later shows under its own name. */
const NAMES: Record<string, string> = {
  verdict: "Decided",
  version: "Version of the sequence",
  due_at: "Was due",
  consent: "Consent on file",
  zones: "Time zones of this person",
  window_seconds: "Sending window still open for",
  sent_last_day: "Already sent in the day before",
};

const VERDICTS: Record<string, string> = { allow: "may be sent", defer: "must wait", block: "must not be sent" };

const ORDER = Object.keys(NAMES);
const place = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);

function valueOf(name: string, value: unknown) {
  if (name === "window_seconds" && typeof value === "number") return duration(value);
  if (name === "verdict") return VERDICTS[String(value)] ?? said(value);
  return <Value value={value} />;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The stored decision, whatever the engine put into it, as a list that a person can read. */
export function Decision({ decision }: { decision: unknown }) {
  if (!isRecord(decision) || Object.keys(decision).length === 0)
    return (
      <Text size="sm" c="dimmed">
        No reasons were stored with this line.
      </Text>
    );
  return <Facts record={decision} />;
}

function Facts({ record }: { record: Record<string, unknown> }) {
  const entries = Object.entries(record).sort(([one], [other]) => place(one) - place(other));
  return (
    <dl className={classes.facts}>
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{NAMES[name] ?? plain(name)}</dt>
          <dd>
            {valueOf(name, value)}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ value }: { value: unknown }) {
  if (isRecord(value)) return Object.keys(value).length ? <Facts record={value} /> : "none";
  if (!Array.isArray(value)) return said(value);
  if (value.length === 0) return "none";
  if (value.every((one) => typeof one !== "object")) return value.map(said).join(", ");
  return (
    <ul className={classes.reasons}>
      {value.map((one, at) => (
        <li key={at}>
          {isRecord(one) ? (
            Object.entries(one)
              .map(([name, part]) => `${plain(name)}: ${isRecord(part) || Array.isArray(part) ? JSON.stringify(part) : said(part)}`)
              .join(" · ")
          ) : (
            <Value value={one} />
          )}
        </li>
      ))}
    </ul>
  );
}
