-- running_canary --
-- The one of a client's channel, if it runs; the row stays locked.
select k.id, k.contact_id, k.every_hours from canaries k
where k.client_id = %(client_id)s and k.channel = %(channel)s and k.stopped_at is null
for no key update of k;

-- keep_canary --
-- Begins one; none when the channel has one that runs.
insert into canaries (id, client_id, channel, contact_id, every_hours, started_by, started_at)
values (%(id)s, %(client_id)s, %(channel)s, %(contact_id)s, %(every_hours)s, %(started_by)s, %(started_at)s)
on conflict (client_id, channel) where stopped_at is null do nothing;

-- stop_canary --
-- Ends it; what left before ends by itself.
update canaries set stopped_at = %(now)s, stopped_by = %(by)s where id = %(id)s and stopped_at is null;

-- checks_due --
-- The turn that every running canary is in, where it has begun lately and nothing of it has left, is on its way or was
-- refused for good. A turn that was missed is not made up for.
select k.id, k.client_id, k.channel, k.contact_id, k.started_at, turn.number, turn.begins_at, tried.attempts
from canaries k
join contacts c on c.id = k.contact_id and c.erased_at is null
cross join lateral (
  select n.number, k.started_at + n.number * k.every_hours * interval '1 hour' as begins_at
  from (select floor(extract(epoch from %(now)s - k.started_at) / (3600 * k.every_hours))::int as number) n
) turn
cross join lateral (
  select count(*)::int as attempts, coalesce(bool_and(t.state = 'not_sent'), true) as may_go
  from touches t
  where t.origin = 'canary' and t.origin_id = k.id and t.part = turn.number
) tried
where k.stopped_at is null and k.started_at <= %(now)s and turn.begins_at > %(since)s and tried.may_go
order by k.started_at, k.id
limit %(at_most)s;

-- lock_check --
-- Attempts made at this turn so far, while it still may leave; read after the locks on the person, and the row stays
-- locked.
select tried.attempts
from canaries k
join contacts c on c.id = k.contact_id and c.erased_at is null
cross join lateral (
  select count(*)::int as attempts, coalesce(bool_and(t.state = 'not_sent'), true) as may_go
  from touches t
  where t.origin = 'canary' and t.origin_id = k.id and t.part = %(number)s
) tried
where k.id = %(id)s and k.stopped_at is null and tried.may_go
for no key update of k skip locked;

-- list_canaries --
-- A client's canaries, those that run first, or all that run anywhere; by id, which begins with when one was started, and
-- a page from `after` on. Of each the newest check, the newest proof in a thousand turns, and how those since `since` were
-- proven: read by turn, so that a long history costs no more than a young one.
select k.id, k.client_id, k.channel, k.contact_id, k.every_hours, k.started_by, k.started_at, k.stopped_by, k.stopped_at,
  newest.armed_at as newest_at, newest.state as newest_state, newest.reason as newest_reason,
  proof.confirmed_at as proven_at, lately.sent, lately.proven, lately.median_seconds
from canaries k
left join lateral (
  select t.part, t.armed_at, t.state, t.reason from touches t
  where t.origin = 'canary' and t.origin_id = k.id order by t.part desc, t.attempt desc limit 1
) newest on true
left join lateral (
  select t.confirmed_at from touches t
  where t.origin = 'canary' and t.origin_id = k.id and t.part > newest.part - 1000
    and t.state in ('delivered', 'completed')
  order by t.part desc, t.attempt desc limit 1
) proof on true
cross join lateral (
  select count(*) filter (where t.armed_at > %(since)s)::int as sent,
    count(*) filter (where t.armed_at > %(since)s and t.state in ('delivered', 'completed'))::int as proven,
    percentile_cont(0.5) within group (order by extract(epoch from t.confirmed_at - t.armed_at))
      filter (where t.armed_at > %(since)s and t.state in ('delivered', 'completed'))::float8 as median_seconds
  from touches t
  -- bounded on both sides: of one bound alone a planner expects a third of all
  where t.origin = 'canary' and t.origin_id = k.id and t.state <> 'not_sent' and t.part <= newest.part
    and t.part >= floor(extract(epoch from %(since)s::timestamptz - k.started_at) / (3600 * k.every_hours))::int
) lately
where case when %(client_id)s::uuid is null then k.stopped_at is null else k.client_id = %(client_id)s end
  and (%(after)s::uuid is null or k.id < %(after)s::uuid)
order by k.stopped_at is not null, k.id desc
limit %(at_most)s;

-- erase_canaries --
-- Those that wrote to a person who goes.
delete from canaries where client_id = %(client_id)s and contact_id = %(contact_id)s;
