-- Why: the database keeps the plans of these statements (utils/kept.py). Written by scripts.database.keep_statements.
-- Lock risk: none; functions only.
-- Undo: take the marks `Kept as` out of the queries.sql, then drop the functions.
set lock_timeout = '5s';

create function house.arm_touches_de87fd28(id_ uuid[], client_id_ uuid[], account_id_ uuid[], origin_ text[], origin_id_ uuid[], part_ int[], attempt_ int[], enrollment_id_ uuid[], step_ text[], contact_id_ uuid[], channel_ text[], provider_ text[], to_address_ text[], subject_ text[], body_ text[], body_hash_ text[], envelope_ jsonb[], sender_ text[], armed_at_ timestamptz[], look_at_ timestamptz[], confirm_by_ timestamptz[], decision_ jsonb[], cost_micros_ bigint[], cost_currency_ text[], cost_source_ text[])
returns table (written boolean) language plpgsql
  set search_path = public, pg_temp
  set plan_cache_mode = force_generic_plan
  set enable_hashjoin = off
  set enable_mergejoin = off
  set enable_seqscan = off
  set join_collapse_limit = 1
  set jit = off
as $kept$
#variable_conflict use_column
begin return query
insert into touches (id, client_id, account_id, origin, origin_id, part, attempt, enrollment_id, step, contact_id, channel,
  provider, to_address, subject, body, body_hash, envelope, sender, state, armed_at, look_at, confirm_by, changed_at, evidence, decision,
  cost_micros, cost_currency, cost_source)
select v.id, v.client_id, v.account_id, v.origin, v.origin_id, v.part, v.attempt, v.enrollment_id, v.step, v.contact_id,
  v.channel, v.provider, v.to_address, v.subject, v.body, v.body_hash, v.envelope, v.sender, 'sending', v.armed_at, v.look_at,
  v.confirm_by, v.armed_at, '[]'::jsonb, v.decision, v.cost_micros, v.cost_currency, v.cost_source
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[],
  $6::int[], $7::int[], $8::uuid[], $9::text[], $10::uuid[],
  $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],
  $16::text[], $17::jsonb[], $18::text[], $19::timestamptz[], $20::timestamptz[],
  $21::timestamptz[], $22::jsonb[], $23::bigint[],
  $24::text[], $25::text[])
  as v (id, client_id, account_id, origin, origin_id, part, attempt, enrollment_id, step, contact_id, channel, provider,
    to_address, subject, body, body_hash, envelope, sender, armed_at, look_at, confirm_by, decision, cost_micros, cost_currency, cost_source)
returning true;
end
$kept$;
revoke all on function house.arm_touches_de87fd28 from public, anon, authenticated;

create function house.find_touches_46ded43b(account_ids_ uuid[], ids_ uuid[], provider_ids_ text[])
returns table ("id" uuid, "account_id" uuid, "provider_id" text, "state" text) language plpgsql
  set search_path = public, pg_temp
  set plan_cache_mode = force_generic_plan
  set enable_hashjoin = off
  set enable_mergejoin = off
  set enable_seqscan = off
  set join_collapse_limit = 1
  set jit = off
as $kept$
#variable_conflict use_column
begin return query
select id, account_id, provider_id, state
from touches
where account_id = any($1::uuid[]) and (id = any($2::uuid[]) or provider_id = any($3::text[]));
end
$kept$;
revoke all on function house.find_touches_46ded43b from public, anon, authenticated;

create function house.lock_touches_cd8fab34(ids_ uuid[])
returns table ("id" uuid, "client_id" uuid, "account_id" uuid, "enrollment_id" uuid, "contact_id" uuid, "step" text, "part" integer, "attempt" integer, "channel" text, "provider" text, "to_address" text, "subject" text, "body" text, "envelope" jsonb, "state" text, "armed_at" timestamp with time zone, "look_at" timestamp with time zone, "confirm_by" timestamp with time zone, "provider_id" text, "evidence_id" text, "sender" text, "absent_at" timestamp with time zone) language plpgsql
  set search_path = public, pg_temp
  set plan_cache_mode = force_generic_plan
  set enable_hashjoin = off
  set enable_mergejoin = off
  set enable_seqscan = off
  set join_collapse_limit = 1
  set jit = off
as $kept$
#variable_conflict use_column
begin return query
select id, client_id, account_id, enrollment_id, contact_id, step, part, attempt, channel, provider, to_address, subject,
  body, envelope, state, armed_at, look_at, confirm_by, provider_id, evidence_id, sender, absent_at
from touches
where id = any($1::uuid[])
order by id
for no key update;
end
$kept$;
revoke all on function house.lock_touches_cd8fab34 from public, anon, authenticated;

create function house.record_changes_d4ebaf47(now_ timestamptz, id_ uuid[], before_ text[], after_ text[], reason_ text[], look_at_ timestamptz[], provider_id_ text[], provider_status_ text[], evidence_id_ text[], said_at_ timestamptz[], cost_micros_ bigint[], cost_currency_ text[], transcript_ text[], recording_ text[], summary_ text[], call_started_at_ timestamptz[], call_ended_at_ timestamptz[])
returns table ("id" uuid) language plpgsql
  set search_path = public, pg_temp
  set plan_cache_mode = force_generic_plan
  set enable_hashjoin = off
  set enable_mergejoin = off
  set enable_seqscan = off
  set join_collapse_limit = 1
  set jit = off
as $kept$
#variable_conflict use_column
begin return query
update touches t
set state = v.after, reason = v.reason, look_at = v.look_at, changed_at = $1::timestamptz,
  provider_id = coalesce(t.provider_id, v.provider_id), provider_status = coalesce(v.provider_status, t.provider_status),
  evidence_id = coalesce(v.evidence_id, t.evidence_id),
  evidence = case when v.evidence_id is null then t.evidence
    else t.evidence || jsonb_strip_nulls(jsonb_build_object(
      'id', v.evidence_id, 'state', v.after, 'at', $1::timestamptz, 'said_at', v.said_at)) end,
  confirmed_at = case when v.evidence_id is null then t.confirmed_at else $1 end,
  cost_micros = coalesce(v.cost_micros, t.cost_micros), cost_currency = coalesce(v.cost_currency, t.cost_currency),
  cost_source = case when v.cost_micros is null then t.cost_source else 'provider' end,
  transcript = case when c.erased_at is null then coalesce(v.transcript, t.transcript) end,
  recording = case when c.erased_at is null then coalesce(v.recording, t.recording) end,
  summary = case when c.erased_at is null then coalesce(v.summary, t.summary) end,
  call_started_at = coalesce(v.call_started_at, t.call_started_at), call_ended_at = coalesce(v.call_ended_at, t.call_ended_at)
from contacts c, unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[],
  $7::text[], $8::text[], $9::text[], $10::timestamptz[],
  $11::bigint[], $12::text[], $13::text[], $14::text[], $15::text[],
  $16::timestamptz[], $17::timestamptz[])
  as v (id, before, after, reason, look_at, provider_id, provider_status, evidence_id, said_at, cost_micros,
    cost_currency, transcript, recording, summary, call_started_at, call_ended_at)
where t.id = v.id and t.state = v.before and c.id = t.contact_id
returning t.id;
end
$kept$;
revoke all on function house.record_changes_d4ebaf47 from public, anon, authenticated;
