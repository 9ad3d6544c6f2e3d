-- due_groups --
-- The (client, channel, priority) groups that hold something due; no row is locked. Of one client and channel the urgent come
-- first.
select g.client_id, g.next_channel, g.priority, g.due_at
from house.due_groups g
where g.due_at <= %(now)s
order by g.due_at, g.client_id, g.next_channel, g.priority;

-- next_due --
-- The earliest instant at which any enrollment is due; null when none is.
select min(g.due_at) as at from house.due_groups g;

-- claim_due --
-- First lock of an arming: due enrollments of one group after the last one seen; whoever is locked elsewhere is left.
-- Kept as house.claim_due_b5c65302.
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
  -- a number tells the zone of who has stated none, only mail bounces, and of a stop before what is sent the guards ask:
  -- whoever is asked none of these is found without their addresses
  select max(a.value) filter (where a.kind = 'phone') as phone,
    bool_or(a.kind = 'email' and a.suppressed_reason = 'bounced') as mail_bounced,
    bool_or(a.suppressed_reason in ('opted_out', 'provider_opt_out', 'complained') and a.suppressed_at >= e.enrolled_at)
      as said_stop
  from contact_addresses ca join addresses a on a.id = ca.address_id
  where ca.contact_id = e.contact_id and (c.time_zone is null or ways.mail or e.next_channel in ('settle', 'task'))
) known
left join lateral (
  -- a stop is no answer, nor is a HELP, nor what was said in a call of ours: it is no goal, and leads no branch
  select max(i.at) filter (where coalesce(i.released_by, '') not in ('automatic_reply', 'help') and not i.opted_out
      and i.kind <> 'own_call') as replied_at,
    (array_agg(i.payload ->> 'back_on' order by i.at desc)
      filter (where i.released_by = 'automatic_reply' and i.payload ? 'back_on'))[1] as back_on
  from inbound i
  where i.contact_id = e.contact_id and i.at >= e.enrolled_at
) heard on true
where e.client_id = %(client_id)s::uuid and e.next_channel = %(next_channel)s::text and e.priority = %(priority)s::int
  and e.status = 'active' and e.due_at <= %(now)s::timestamptz
  and (e.due_at, e.id) > (coalesce(%(after_due)s::timestamptz, '-infinity'),
    coalesce(%(after_id)s::uuid, '00000000-0000-0000-0000-000000000000'))
order by e.due_at, e.id
limit %(limit)s::bigint
for no key update of e skip locked;

-- load_outcomes --
-- What became of the steps of these enrollments at their latest visits: only a branch asks.
select distinct on (o.enrollment_id, o.step) o.enrollment_id, o.step, o.state, o.armed_at,
  (select max(c.at) from click_events c where c.touch_id = o.id and not c.by_machine) as clicked_at
from touches o
where o.enrollment_id = any(%(ids)b::uuid[]) and o.step is not null
order by o.enrollment_id, o.step, o.part desc, o.attempt desc;

-- load_tasks --
-- The tasks of the visits at which these enrollments are.
select e.id as enrollment_id, k.visit, k.state = 'done' as is_done, k.created_at
from sequence_enrollments e
join tasks k on k.enrollment_id = e.id and k.step = e.step and k.visit = e.visit
where e.id = any(%(ids)b::uuid[]);

-- peek_due --
-- Whom the next claim would reach, read without a lock.
-- Kept as house.peek_due_b87b8842.
select e.contact_id
from sequence_enrollments e
where e.client_id = %(client_id)s::uuid and e.next_channel = %(next_channel)s::text and e.priority = %(priority)s::int
  and e.status = 'active' and e.due_at <= %(now)s::timestamptz
  and (e.due_at, e.id) > (coalesce(%(after_due)s::timestamptz, '-infinity'),
    coalesce(%(after_id)s::uuid, '00000000-0000-0000-0000-000000000000'))
order by e.due_at, e.id
limit %(limit)s::bigint;

-- lock_and_load_snapshots --
-- First lock of a confirmation: these enrollments, and those that these touches belong to (that never changes, so it is
-- read without a lock).
-- Kept as house.lock_and_load_snapshots_d809e124.
select e.id as enrollment_id, e.client_id, e.contact_id, e.sequence_id, e.version, e.status, e.status_reason, e.step,
  e.visit, e.next_channel, e.due_at, e.waiting, e.decision, e.enrolled_at, t.id as touch_id, t.step as touch_step, t.part,
  t.attempt, t.state, t.provider_id is not null as was_accepted, t.armed_at, t.confirm_by, t.reason as touch_reason,
  (t.decision ->> 'spare_senders')::int as spare_senders,
  case when t.attempt > 1 then (
    select count(*) from touches o
    where o.origin = 'step' and o.origin_id = e.id and o.part = t.part and o.attempt < t.attempt
      and (o.state in ('not_sent', 'suppressed') or (o.state = 'failed' and o.reason = 'capacity'))) end as unsent,
  c.time_zone,
  -- a number tells the zone of who has stated none
  case when c.time_zone is null then (
    select a.value from contact_addresses ca join addresses a on a.id = ca.address_id
    where ca.contact_id = e.contact_id and ca.kind = 'phone') end as phone,
  c.fields || jsonb_strip_nulls(jsonb_build_object('first_name', c.first_name, 'last_name', c.last_name)) as fields,
  (select jsonb_object_agg(own.name, own.instants) from (
    select m.name, jsonb_agg(m.at order by m.at) as instants from milestones m
    where m.contact_id = e.contact_id and m.taken_back_at is null
    group by m.name) own) as milestones,
  (select jsonb_build_array(k.visit, k.state = 'done', k.created_at) from tasks k
   where k.enrollment_id = e.id and k.step = e.step and k.visit = e.visit) as task
from sequence_enrollments e
join contacts c on c.id = e.contact_id
left join touches t on t.id = e.last_touch_id
where e.id = any(%(ids)b::uuid[] || array(
  select o.enrollment_id from touches o where o.id = any(%(touch_ids)b::uuid[]) and o.enrollment_id is not null))
order by e.id
for no key update of e;

-- load_heard --
-- Of enrollments that are locked: fields and milestones, and when their visit's first attempt was armed.
select e.id as enrollment_id,
  c.fields || jsonb_strip_nulls(jsonb_build_object('first_name', c.first_name, 'last_name', c.last_name)) as fields,
  (select jsonb_object_agg(own.name, own.instants) from (
    select m.name, jsonb_agg(m.at order by m.at) as instants from milestones m
    where m.contact_id = e.contact_id and m.taken_back_at is null
    group by m.name) own) as milestones,
  (select min(t.armed_at) from touches t
   where t.origin = 'step' and t.origin_id = e.id and t.part = e.visit) as begun_at
from sequence_enrollments e
join contacts c on c.id = e.contact_id
where e.id = any(%(ids)s);

-- write_enrollments --
-- The timers and places that were decided; one statement for a whole batch. The note of a skipped step stays beside the
-- new one, the latest ten of them; and whoever runs without a step keeps the note of the sequence they are to enter.
-- Kept as house.write_enrollments_41d9fe57.
update sequence_enrollments e
set status = v.status, status_reason = v.status_reason, step = v.step, visit = v.visit, next_channel = v.next_channel,
  due_at = v.due_at, waiting = v.waiting, last_touch_id = coalesce(v.last_touch_id, e.last_touch_id),
  decision = case
    when v.step is null and v.due_at is not null and e.decision ? 'hand_over' then e.decision || coalesce(v.decision, '{}')
    when not e.decision ?| array['skipped', 'skips'] or e.decision is null then v.decision
    else coalesce(v.decision, '{}') || jsonb_build_object('skips', jsonb_path_query_array(
      coalesce(e.decision -> 'skips', '[]')
        || case when e.decision ? 'skipped' then jsonb_build_array(e.decision - 'skips') else '[]' end,
      '$[last - 9 to last]')) end,
  changed_at = %(now)s::timestamptz
from unnest(%(id)b::uuid[], %(status)b::text[], %(status_reason)b::text[], %(step)b::text[], %(visit)b::int[],
  %(next_channel)b::text[], %(due_at)b::timestamptz[], %(waiting)b::boolean[], %(last_touch_id)b::uuid[], %(decision)b::jsonb[])
  as v (id, status, status_reason, step, visit, next_channel, due_at, waiting, last_touch_id, decision)
where e.id = v.id;

-- quarantine_enrollment --
-- One poisoned enrollment is set aside with its error; the sweep goes on.
update sequence_enrollments
set status = 'quarantined', status_reason = %(error)s, changed_at = %(now)s
where id = %(id)s and status = 'active';

-- list_open_runs --
-- A contact's enrollments that run, in the order in which everybody locks; also those whose touch or task is being
-- settled right now, for that may bring them to where they wait for what is told.
select e.id from sequence_enrollments e
where e.client_id = %(client_id)s and e.contact_id = %(contact_id)s and e.status in ('active', 'paused', 'held')
order by e.id;

-- list_dated_runs --
-- A contact's enrollments whose step waits until a date of theirs, in the order in which everybody locks.
select e.id from sequence_enrollments e
join sequence_versions v on v.sequence_id = e.sequence_id and v.version = e.version
cross join lateral jsonb_array_elements(v.definition -> 'steps') s
where e.client_id = %(client_id)s and e.contact_id = %(contact_id)s and e.status in ('active', 'paused', 'held')
  and not e.waiting and s ->> 'key' = e.step and s #> '{wait,until}' ? 'field'
order by e.id;
