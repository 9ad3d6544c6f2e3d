-- enroll_contacts --
-- Puts contacts at their first step, with the note of what it waits for; one that runs in this sequence already, or is set
-- aside in it, is left as it is.
insert into sequence_enrollments (id, client_id, contact_id, sequence_id, version, status, step, visit, next_channel, due_at,
  priority, waiting, decision, enrolled_at, changed_at)
select v.id, %(client_id)s, v.contact_id, %(sequence_id)s, %(version)s, 'active', v.step, 0, v.next_channel, v.due_at,
  %(priority)s, false, v.decision, %(now)s, %(now)s
from unnest(%(id)s::uuid[], %(contact_id)s::uuid[], %(step)s::text[], %(next_channel)s::text[], %(due_at)s::timestamptz[],
  %(decision)s::jsonb[]) as v (id, contact_id, step, next_channel, due_at, decision)
join contacts c on c.id = v.contact_id and c.erased_at is null
where not exists (
  select from sequence_enrollments own
  where own.contact_id = v.contact_id and own.sequence_id = %(sequence_id)s and own.status = 'quarantined'
)
on conflict (contact_id, sequence_id) where status in ('active', 'paused', 'held') do nothing
returning id;

-- load_entrants --
-- What tells the time zone of contacts, and the dates that a first step may wait for.
select c.id, c.time_zone, phone.value as phone,
  c.fields || jsonb_strip_nulls(jsonb_build_object('first_name', c.first_name, 'last_name', c.last_name)) as fields,
  (select jsonb_object_agg(own.name, own.instants) from (
    select m.name, jsonb_agg(m.at order by m.at) as instants from milestones m
    where m.contact_id = c.id and m.taken_back_at is null
    group by m.name) own) as milestones
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
  e.status not in ('finished', 'stopped') as running, e.changed_at, e.status_reason = 'handed_over' as handed_over
from sequence_enrollments e
join sequences s on s.client_id = e.client_id and s.id = e.sequence_id
join sequence_versions v on v.sequence_id = e.sequence_id and v.version = e.version
where e.client_id = %(client_id)s and e.contact_id = any(%(ids)s::uuid[])
order by e.contact_id, e.id;

-- lock_door --
-- Where only so many may run or begin at a time, those who enroll take turns. How many run is asked afterwards, in a
-- statement of its own, so that it sees whom the one before has let in.
select portion_at, portion_taken from sequences
where client_id = %(client_id)s and id = %(sequence_id)s
for no key update;

-- count_running --
-- How many run in the sequence, paused and held ones too.
select count(*) as running from sequence_enrollments
where client_id = %(client_id)s and sequence_id = %(sequence_id)s and status in ('active', 'paused', 'held');

-- note_portion --
-- The portion in which people begin now, and how many of its places are taken.
update sequences set portion_at = %(portion_at)s, portion_taken = %(portion_taken)s
where client_id = %(client_id)s and id = %(sequence_id)s;

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
