-- lock_older_runs --
-- First lock of a portion: those under way on versions before this one, after the last one seen. Waits for whoever decides
-- about them right now; what else it reads may be older than the lock, so their places are loaded afterwards.
select e.id, e.contact_id, e.last_touch_id
from sequence_enrollments e
where e.client_id = %(client_id)s and e.sequence_id = %(sequence_id)s and e.status in ('active', 'paused', 'held')
  and e.version < %(version)s and (%(only)s::integer is null or e.version = %(only)s::integer)
  and (%(after)s::uuid is null or e.id > %(after)s::uuid)
order by e.id
limit %(limit)s
for no key update of e;

-- load_standings --
-- Where these stand, read after their locks.
select e.id, e.version, e.status, e.step, e.waiting, t.part is not distinct from e.visit as tried, t.step as touch_step,
  t.state as touch_state, had.steps as had
from sequence_enrollments e
left join touches t on t.id = e.last_touch_id
left join lateral (
  select coalesce(array_agg(one.step order by one.step), '{}') as steps
  from (
    select o.step from touches o
    where o.enrollment_id = e.id and o.step is not null and o.state not in ('not_sent', 'suppressed', 'cancelled')
    union
    select k.step from tasks k where k.enrollment_id = e.id and k.state <> 'withdrawn'
  ) one
) had on true
where e.id = any(%(ids)s::uuid[])
order by e.id;

-- count_standings --
-- How many stand alike, of everybody under way in a sequence; nothing is locked.
select e.version, e.status, e.step, e.waiting, t.part is not distinct from e.visit as tried, t.step as touch_step,
  t.state as touch_state, had.steps as had, count(*) as people
from sequence_enrollments e
left join touches t on t.id = e.last_touch_id
left join lateral (
  select coalesce(array_agg(one.step order by one.step), '{}') as steps
  from (
    select o.step from touches o
    where o.enrollment_id = e.id and o.step is not null and o.state not in ('not_sent', 'suppressed', 'cancelled')
    union
    select k.step from tasks k where k.enrollment_id = e.id and k.state <> 'withdrawn'
  ) one
) had on true
where e.client_id = %(client_id)s and e.sequence_id = %(sequence_id)s and e.status in ('active', 'paused', 'held')
group by 1, 2, 3, 4, 5, 6, 7, 8
order by 1, 3, 2, 4, 5, 6, 7, 8;

-- record_adoptions --
-- Who took each of them over, why, from where and to where; written before the rows themselves change.
insert into enrollment_actions (id, client_id, enrollment_id, verb, acted_by, reason, at, from_status, from_step, from_visit,
  from_due_at, from_version, to_status, to_step, to_visit, to_due_at, to_version)
select v.action_id, e.client_id, e.id, 'adopt', %(by)s, %(reason)s, %(now)s, e.status, e.step, e.visit, e.due_at, e.version,
  e.status, v.step, e.visit, e.due_at, %(version)s
from unnest(%(id)s::uuid[], %(action_id)s::uuid[], %(step)s::text[]) as v (id, action_id, step)
join sequence_enrollments e on e.id = v.id;

-- write_adoptions --
-- The version and the step; instant, visit, standing and notes stay as they are, and where the day that the step waits for
-- would move the instant, it is noted that it is kept, as if it were given by hand.
update sequence_enrollments e
set version = %(version)s, step = v.step, next_channel = v.next_channel, priority = %(priority)s,
  last_touch_id = case when v.lets_go then null else e.last_touch_id end,
  decision = case when v.keeps then coalesce(e.decision, '{}') || %(kept)s::jsonb else e.decision end, changed_at = %(now)s
from unnest(%(id)s::uuid[], %(step)s::text[], %(next_channel)s::text[], %(lets_go)s::boolean[], %(keeps)s::boolean[])
  as v (id, step, next_channel, lets_go, keeps)
where e.id = v.id;
