-- Sequences and their versions ---------------------------------------------------------------------------------------

-- create_sequence --
-- A place for versions; nothing happens when the client has this slug already.
insert into sequences (id, client_id, slug, name, current_version, created_at)
values (%(id)s, %(client_id)s, %(slug)s, %(name)s, 0, %(now)s)
on conflict (client_id, slug) do nothing;

-- lock_sequence --
-- The sequence of this slug, locked until the transaction ends: publishers take turns. What the current version says is
-- asked afterwards, in a statement of its own, so that it sees what the publisher before has committed.
select id, slug, name, current_version from sequences
where client_id = %(client_id)s and slug = %(slug)s
for no key update;

-- find_sequence --
-- The sequence of this slug, published at least once.
select id, slug, name, current_version from sequences
where client_id = %(client_id)s and slug = %(slug)s and current_version > 0;

-- load_source --
-- One version's text, exactly as it was published.
select source from sequence_versions where sequence_id = %(sequence_id)s and version = %(version)s;

-- add_version --
-- A new immutable version.
insert into sequence_versions (client_id, sequence_id, version, source, definition, published_at)
values (%(client_id)s, %(sequence_id)s, %(version)s, %(source)s, %(definition)s, %(now)s);

-- make_current --
-- New enrollments take this version from now on; running ones stay with theirs.
update sequences set current_version = %(version)s, name = %(name)s
where client_id = %(client_id)s and id = %(sequence_id)s;

-- load_definitions --
-- Definitions of many versions at once; a version that does not exist gives no row.
select v.sequence_id, v.version, v.definition
from unnest(%(sequence_ids)s::uuid[], %(versions)s::integer[]) as wanted (sequence_id, version)
join sequence_versions v on v.sequence_id = wanted.sequence_id and v.version = wanted.version;

-- list_sequences --
-- A client's sequences by name, with how many contacts stand where (all versions together).
select s.id, s.slug, s.name, s.current_version, v.published_at, jsonb_array_length(v.definition -> 'steps') as step_count,
       coalesce(counted.by_status, '{}'::jsonb) as by_status
from sequences s
join sequence_versions v on v.sequence_id = s.id and v.version = s.current_version
left join lateral (
  select jsonb_object_agg(one.status, one.how_many) as by_status
  from (
    select e.status, count(*) as how_many from sequence_enrollments e
    where e.client_id = s.client_id and e.sequence_id = s.id
    group by e.status
  ) one
) counted on true
where s.client_id = %(client_id)s
order by s.name, s.slug;

-- Enrollments -----------------------------------------------------------------------------------------------------------

-- due_groups --
-- The (client, channel) groups that hold something due, by a loose walk over the index; no row is locked.
with recursive walk as (
  (select e.client_id, e.next_channel from sequence_enrollments e where e.status = 'active'
   order by e.client_id, e.next_channel limit 1)
  union all
  select following.client_id, following.next_channel
  from walk w
  cross join lateral (
    select e.client_id, e.next_channel from sequence_enrollments e
    where e.status = 'active' and (e.client_id, e.next_channel) > (w.client_id, w.next_channel)
    order by e.client_id, e.next_channel limit 1
  ) following
)
select w.client_id, w.next_channel, due.due_at
from walk w
cross join lateral (
  select e.due_at from sequence_enrollments e
  where e.status = 'active' and e.client_id = w.client_id and e.next_channel = w.next_channel and e.due_at <= %(now)s
  order by e.due_at, e.id limit 1
) due
order by due.due_at, w.client_id, w.next_channel;

-- next_due --
-- The earliest instant at which any enrollment is due; null when none is.
with recursive walk as (
  (select e.client_id, e.next_channel from sequence_enrollments e where e.status = 'active'
   order by e.client_id, e.next_channel limit 1)
  union all
  select following.client_id, following.next_channel
  from walk w
  cross join lateral (
    select e.client_id, e.next_channel from sequence_enrollments e
    where e.status = 'active' and (e.client_id, e.next_channel) > (w.client_id, w.next_channel)
    order by e.client_id, e.next_channel limit 1
  ) following
)
select min(first.due_at) as at
from walk w
cross join lateral (
  select e.due_at from sequence_enrollments e
  where e.status = 'active' and e.client_id = w.client_id and e.next_channel = w.next_channel
  order by e.due_at, e.id limit 1
) first;

-- claim_due --
-- First lock of an arming: due enrollments of one group after the last one seen; whoever is locked elsewhere is left.
select e.id as enrollment_id, e.client_id, e.contact_id, e.sequence_id, e.version, e.status, e.status_reason, e.step,
  e.visit, e.next_channel, e.due_at, e.waiting, e.decision, e.enrolled_at, t.id as touch_id, t.step as touch_step, t.part,
  t.attempt, t.state, t.provider_id is not null as was_accepted, t.confirm_by, t.reason as touch_reason,
  (t.decision ->> 'spare_senders')::int as spare_senders, c.time_zone, phone.value as phone,
  c.fields || jsonb_strip_nulls(jsonb_build_object('first_name', c.first_name, 'last_name', c.last_name)) as fields,
  (select count(*) from contact_addresses ca where ca.contact_id = e.contact_id) as addresses,
  heard.replied_at, heard.back_on, came_back.mail_bounced, earlier.outcomes
from sequence_enrollments e
join contacts c on c.id = e.contact_id
left join touches t on t.id = e.last_touch_id
left join lateral (
  select a.value from contact_addresses ca join addresses a on a.id = ca.address_id
  where ca.contact_id = e.contact_id and ca.kind = 'phone'
) phone on true
left join lateral (
  select max(i.at) filter (where i.released_by is distinct from 'automatic_reply') as replied_at,
    (array_agg(i.payload ->> 'back_on' order by i.at desc)
      filter (where i.released_by = 'automatic_reply' and i.payload ? 'back_on'))[1] as back_on
  from inbound i
  where i.contact_id = e.contact_id and i.at >= e.enrolled_at
) heard on true
left join lateral (
  select bool_or(a.suppressed_reason = 'bounced') as mail_bounced
  from contact_addresses ca join addresses a on a.id = ca.address_id
  where ca.contact_id = e.contact_id and ca.kind = 'email'
) came_back on true
left join lateral (
  -- only a branch asks what became of the steps before it
  select jsonb_object_agg(one.step, jsonb_build_array(one.state, one.armed_at)) as outcomes
  from (
    select distinct on (o.step) o.step, o.state, o.armed_at from touches o
    where e.next_channel = 'settle' and not e.waiting and o.enrollment_id = e.id and o.step is not null
    order by o.step, o.part desc, o.attempt desc
  ) one
) earlier on true
where e.client_id = %(client_id)s and e.next_channel = %(next_channel)s and e.status = 'active' and e.due_at <= %(now)s
  and (%(after_due)s::timestamptz is null or (e.due_at, e.id) > (%(after_due)s::timestamptz, %(after_id)s::uuid))
order by e.due_at, e.id
limit %(limit)s
for no key update of e skip locked;

-- peek_due --
-- Whom the next claim would reach, read without a lock.
select e.contact_id
from sequence_enrollments e
where e.client_id = %(client_id)s and e.next_channel = %(next_channel)s and e.status = 'active' and e.due_at <= %(now)s
  and (%(after_due)s::timestamptz is null or (e.due_at, e.id) > (%(after_due)s::timestamptz, %(after_id)s::uuid))
order by e.due_at, e.id
limit %(limit)s;

-- lock_and_load_snapshots --
-- First lock of a confirmation: the enrollments that these touches belong to.
select e.id as enrollment_id, e.client_id, e.contact_id, e.sequence_id, e.version, e.status, e.status_reason, e.step,
  e.visit, e.next_channel, e.due_at, e.waiting, e.decision, e.enrolled_at, t.id as touch_id, t.step as touch_step, t.part,
  t.attempt, t.state, t.provider_id is not null as was_accepted, t.confirm_by, t.reason as touch_reason,
  (t.decision ->> 'spare_senders')::int as spare_senders, c.time_zone, phone.value as phone,
  c.fields || jsonb_strip_nulls(jsonb_build_object('first_name', c.first_name, 'last_name', c.last_name)) as fields
from sequence_enrollments e
join contacts c on c.id = e.contact_id
left join touches t on t.id = e.last_touch_id
left join lateral (
  select a.value from contact_addresses ca join addresses a on a.id = ca.address_id
  where ca.contact_id = e.contact_id and ca.kind = 'phone'
) phone on true
where e.id = any(%(ids)s::uuid[])
order by e.id
for no key update of e;

-- write_enrollments --
-- The timers and places that were decided; one statement for a whole batch. The note of a skipped step stays beside the
-- new one, the latest ten of them.
update sequence_enrollments e
set status = v.status, status_reason = v.status_reason, step = v.step, visit = v.visit, next_channel = v.next_channel,
  due_at = v.due_at, waiting = v.waiting, last_touch_id = coalesce(v.last_touch_id, e.last_touch_id),
  decision = case when not e.decision ?| array['skipped', 'skips'] or e.decision is null then v.decision
    else coalesce(v.decision, '{}') || jsonb_build_object('skips', jsonb_path_query_array(
      coalesce(e.decision -> 'skips', '[]')
        || case when e.decision ? 'skipped' then jsonb_build_array(e.decision - 'skips') else '[]' end,
      '$[last - 9 to last]')) end,
  changed_at = %(now)s
from unnest(%(id)s::uuid[], %(status)s::text[], %(status_reason)s::text[], %(step)s::text[], %(visit)s::int[],
  %(next_channel)s::text[], %(due_at)s::timestamptz[], %(waiting)s::boolean[], %(last_touch_id)s::uuid[], %(decision)s::jsonb[])
  as v (id, status, status_reason, step, visit, next_channel, due_at, waiting, last_touch_id, decision)
where e.id = v.id;

-- enroll_contacts --
-- Puts contacts at the first step; one that runs in this sequence already is left as it is.
insert into sequence_enrollments (id, client_id, contact_id, sequence_id, version, status, step, visit, next_channel, due_at,
  waiting, enrolled_at, changed_at)
select v.id, %(client_id)s, v.contact_id, %(sequence_id)s, %(version)s, 'active', %(step)s, 0, %(next_channel)s, v.due_at,
  false, %(now)s, %(now)s
from unnest(%(id)s::uuid[], %(contact_id)s::uuid[], %(due_at)s::timestamptz[]) as v (id, contact_id, due_at)
join contacts c on c.id = v.contact_id and c.erased_at is null
on conflict (contact_id, sequence_id) where status in ('active', 'paused', 'held') do nothing
returning id;

-- quarantine_enrollment --
-- One poisoned enrollment is set aside with its error; the sweep goes on.
update sequence_enrollments
set status = 'quarantined', status_reason = %(error)s, changed_at = %(now)s
where id = %(id)s and status = 'active';

-- load_entrants --
-- What tells the time zone of contacts, and the dates that a first step may wait for.
select c.id, c.time_zone, phone.value as phone,
  c.fields || jsonb_strip_nulls(jsonb_build_object('first_name', c.first_name, 'last_name', c.last_name)) as fields
from contacts c
left join lateral (
  select a.value from contact_addresses ca join addresses a on a.id = ca.address_id
  where ca.contact_id = c.id and ca.kind = 'phone'
) phone on true
where c.client_id = %(client_id)s and c.id = any(%(ids)s::uuid[])
order by c.id;

-- lock_entrants --
-- Contacts about to be enrolled where rules of entry stand, in the order in which everybody locks.
select c.id from contacts c
where c.client_id = %(client_id)s and c.id = any(%(ids)s::uuid[])
order by c.id
for no key update;

-- load_past_runs --
-- Where contacts run or ran: in the sequence itself and in the client's others, each with its version's exclusive group.
select e.contact_id, e.sequence_id = %(sequence_id)s as same, s.slug, v.definition ->> 'exclusive' as exclusive_group,
  e.status not in ('finished', 'stopped') as running, e.changed_at
from sequence_enrollments e
join sequences s on s.client_id = e.client_id and s.id = e.sequence_id
join sequence_versions v on v.sequence_id = e.sequence_id and v.version = e.version
where e.client_id = %(client_id)s and e.contact_id = any(%(ids)s::uuid[])
order by e.contact_id, e.id;

-- await_imported_runs --
-- Enrollments of the people whom an import added, locked in the order in which everybody locks.
select count(*) as enrollments
from (
  select e.id from sequence_enrollments e
  join contacts c on c.id = e.contact_id and c.import_id = %(import_id)s
  order by e.id
  for update of e
) locked;

-- drop_imported_runs --
-- The enrollments of people who are taken back; nothing was ever sent in them.
delete from sequence_enrollments e using contacts c where c.import_id = %(import_id)s and e.contact_id = c.id;
