// Graphile Worker with the same errand as the Python peers: node peer_graphile.mjs WANTED; orders as in peer_errand.py.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const wanted = JSON.parse(process.argv[2]);
const require = createRequire(`${wanted.libraries}/`);
const { Logger, makeWorkerUtils, run } = require("graphile-worker");

const LOCAL_QUEUE = 500; // as its own published benchmark sets it
const COMPLETE_AFTER_MS = 0;
const quiet = new Logger(() => () => {});
const utils = await makeWorkerUtils({ connectionString: wanted.dsn, logger: quiet });
const { account, token, number, callback } = wanted.request;
let accepted = 10 ** 9; // apart from the ids that our own sweeps get in the same world
let done = 0;
let left = 0;
let wake = () => {};

// The provider in this process: answers at once, as InProcess does in Python.
async function ask(url, options) {
  if (wanted.url) return fetch(url, options);
  const sid = `SM${(++accepted).toString(16).padStart(32, "0")}`;
  return new Response(JSON.stringify({ sid, status: "queued", error_code: null }), { status: 201 });
}

async function send({ enrollment }, { query }) {
  const { rows } = await query(wanted.arm, [enrollment, wanted.at]);
  const [{ to_address: to, body }] = rows;
  const form = { To: to, From: number, Body: body, StatusCallback: callback.replace("{touch}", enrollment), ValidityPeriod: "14400" };
  const answer = await ask(`${wanted.url ?? "http://127.0.0.1:9"}/2010-04-01/Accounts/${account}/Messages.json`, {
    method: "POST",
    headers: { Authorization: `Basic ${Buffer.from(`${account}:${token}`).toString("base64")}` },
    body: new URLSearchParams(form),
  });
  if (!answer.ok) throw new Error(`the provider answered ${answer.status}`);
  const { sid } = await answer.json();
  await query(wanted.record, [enrollment, sid, wanted.at]);
  done += 1;
}

async function work() {
  const runner = await run({
    taskList: { send },
    preset: {
      worker: {
        connectionString: wanted.dsn,
        concurrentJobs: wanted.concurrency,
        maxPoolSize: Math.min(wanted.concurrency, wanted.connections),
        localQueue: { size: Math.max(LOCAL_QUEUE, wanted.concurrency) },
        completeJobBatchDelay: COMPLETE_AFTER_MS,
        logger: quiet,
      },
    },
    noHandleSignals: true,
  });
  const settled = new Promise((resolve) => (wake = resolve));
  runner.events.on("job:complete", () => --left === 0 && wake());
  if (left > 0) await settled;
  const seconds = (performance.now() - started) / 1000;
  await runner.stop();
  return seconds;
}

let started = 0;
async function obey(order) {
  started = performance.now();
  done = 0;
  switch (order.do) {
    case "prepare":
      await utils.migrate();
      break;
    case "enqueue":
      await utils.addJobs(order.enrollments.map((enrollment) => ({ identifier: "send", payload: { enrollment } })));
      left += order.enrollments.length;
      break;
    case "work":
      return { seconds: await work(), done };
    case "recover": {
      // Its own time is four hours; this is its way by hand.
      const { rows } = await utils.withPgClient((client) => client.query(wanted.locked));
      await utils.forceUnlockWorkers([...new Set(rows.map((row) => row.locked_by))]);
      left = rows.length;
      return { freed: rows.length };
    }
  }
  return { seconds: (performance.now() - started) / 1000 };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await obey(JSON.parse(line))));
}
await utils.release();
process.exit(0);
