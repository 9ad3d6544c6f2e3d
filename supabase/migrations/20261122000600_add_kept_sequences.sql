-- Why: the database keeps the plans of these statements (utils/kept.py). Written by scripts.database.keep_statements.
-- Lock risk: none; functions only.
-- Undo: take the marks `Kept as` out of the queries.sql, then drop the functions.
set lock_timeout = '5s';

create function house.claim_due_b5c65302(client_id_ uuid, next_channel_ text, priority_ int, now_ timestamptz, after_due_ timestamptz, after_id_ uuid, limit_ bigint)
returns table ("enrollment_id" uuid, "client_id" uuid, "contact_id" uuid, "sequence_id" uuid, "version" integer, "status" text, "status_reason" text, "step" text, "visit" integer, "next_channel" text, "due_at" timestamp with time zone, "waiting" boolean, "decision" jsonb, "enrolled_at" timestamp with time zone, "touch_id" uuid, "touch_step" text, "part" integer, "attempt" integer, "state" text, "was_accepted" boolean, "armed_at" timestamp with time zone, "confirm_by" timestamp with time zone, "touch_reason" text, "spare_senders" integer, "unsent" bigint, "time_zone" text, "phone" text, "fields" jsonb, "milestones" jsonb, "addresses" bigint, "mail_bounced" boolean, "said_stop" boolean, "replied_at" timestamp with time zone, "back_on" text) language plpgsql
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
select e.id as enrollment_id, e.client_id, e.contact_id, e.sequence_id, e.version, e.status, e.status_reason, e.step,
  e.visit, e.next_channel, e.due_at, e.waiting, e.decision, e.enrolled_at, t.id as touch_id, t.step as touch_step, t.part,
  t.attempt, t.state, t.provider_id is not null as was_accepted, t.armed_at, t.confirm_by, t.reason as touch_reason,
  (t.decision ->> 'spare_senders')::int as spare_senders,
  case when t.attempt > 1 then (
    select count(*) from touches o
    where o.origin = 'step' and o.origin_id = e.id and o.part = t.part and o.attempt < t.attempt
      and (o.state in ('not_sent', 'suppressed') or (o.state = 'failed' and o.reason = 'capacity'))) end as unsent,
  c.time_zone, known.phone,
  c.fields || jsonb_strip_nulls(jsonb_build_object('first_name', c.first_name, 'last_name', c.last_name)) as fields,
  (select jsonb_object_agg(own.name, own.instants) from (
    select m.name, jsonb_agg(m.at order by m.at) as instants from milestones m
    where m.contact_id = e.contact_id and m.taken_back_at is null
    group by m.name) own) as milestones,
  ways.addresses, known.mail_bounced, known.said_stop, heard.replied_at, heard.back_on
from sequence_enrollments e
join contacts c on c.id = e.contact_id
left join touches t on t.id = e.last_touch_id
cross join lateral (
  select count(*) as addresses, bool_or(ca.kind = 'email') as mail
  from contact_addresses ca
  where ca.contact_id = e.contact_id
) ways
cross join lateral (
  select max(a.value) filter (where a.kind = 'phone') as phone,
    bool_or(a.kind = 'email' and a.suppressed_reason = 'bounced') as mail_bounced,
    bool_or(a.suppressed_reason in ('opted_out', 'provider_opt_out', 'complained') and a.suppressed_at >= e.enrolled_at)
      as said_stop
  from contact_addresses ca join addresses a on a.id = ca.address_id
  where ca.contact_id = e.contact_id and (c.time_zone is null or ways.mail or e.next_channel in ('settle', 'task'))
) known
left join lateral (
  select max(i.at) filter (where coalesce(i.released_by, '') not in ('automatic_reply', 'help') and not i.opted_out
      and i.kind <> 'own_call') as replied_at,
    (array_agg(i.payload ->> 'back_on' order by i.at desc)
      filter (where i.released_by = 'automatic_reply' and i.payload ? 'back_on'))[1] as back_on
  from inbound i
  where i.contact_id = e.contact_id and i.at >= e.enrolled_at
) heard on true
where e.client_id = $1::uuid and e.next_channel = $2::text and e.priority = $3::int
  and e.status = 'active' and e.due_at <= $4::timestamptz
  and (e.due_at, e.id) > (coalesce($5::timestamptz, '-infinity'),
    coalesce($6::uuid, '00000000-0000-0000-0000-000000000000'))
order by e.due_at, e.id
limit $7::bigint
for no key update of e skip locked;
end
$kept$;
revoke all on function house.claim_due_b5c65302 from public, anon, authenticated;
