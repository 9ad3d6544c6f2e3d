-- write_log --
-- What a person should be able to find later.
insert into system_logs (id, client_id, at, level, event, touch_id, enrollment_id, detail)
values (%(id)s, %(client_id)s, %(now)s, %(level)s, %(event)s, %(touch_id)s, %(enrollment_id)s, %(detail)s);

-- is_alive --
-- Answers when the database does.
select 1 as alive;

-- open_breaker --
-- A number that could not dial rests: 30 minutes, twice as long each further time, at most 8 hours. While it rests
-- nothing is written.
insert into sender_breakers (client_id, account_id, sender, reason, faults, opened_at, closes_at)
values (%(client_id)s, %(account_id)s, %(sender)s, %(reason)s, 1, %(now)s, %(now)s::timestamptz + interval '30 minutes')
on conflict (account_id, sender) do update
set reason = excluded.reason, faults = sender_breakers.faults + 1, opened_at = excluded.opened_at,
  closes_at = excluded.opened_at
    + least(interval '8 hours', interval '30 minutes' * (2 ^ least(sender_breakers.faults, 10))::float8)
where sender_breakers.closes_at <= excluded.opened_at;

-- open_breakers --
-- Numbers of an account that rest now, and until when.
select b.sender, b.closes_at from sender_breakers b where b.account_id = %(account_id)s and b.closes_at > %(now)s;

-- close_breaker --
-- A call got through: the number dials again.
delete from sender_breakers b where b.account_id = %(account_id)s and b.sender = %(sender)s;

-- load_health --
-- Everything the guardian judges, as rows of one shape; how late is too late is not decided here.
select 'due_enrollments' as part, d.client_id, null::uuid as account_id, sum(d.how_many)::int as how_many, 0 as taken,
  min(d.oldest_at) as oldest_at
from (
  select c.id as client_id, due.how_many, due.oldest_at
  from clients c
  cross join unnest(array['sms', 'email', 'voice', 'task', 'settle']) as channel (name)
  cross join generate_series(1, 3) as rank (priority)
  cross join lateral (
    select count(*) as how_many, min(e.due_at) as oldest_at from sequence_enrollments e
    where e.status = 'active' and e.client_id = c.id and e.next_channel = channel.name and e.priority = rank.priority
      and e.due_at <= %(now)s
  ) due
) d
where d.how_many > 0
group by d.client_id
union all
-- what waits for a person may do so for seven days past its deadline
select 'late_touches', t.client_id, t.account_id, count(*)::int, 0, min(t.confirm_by)
from touches t
where t.state in ('claimed', 'sending', 'unknown', 'accepted', 'review')
  and t.confirm_by + case when t.state = 'review' then interval '7 days' else interval '0' end <= %(now)s
group by t.client_id, t.account_id
union all
select 'lately', a.client_id, a.id, newest.tried::int, newest.taken::int, %(now)s
from provider_accounts a
cross join lateral (
  select count(*) as tried, count(*) filter (where one.state not in ('sending', 'unknown', 'not_sent')) as taken
  from (
    select t.state from touches t
    where t.account_id = a.id and t.armed_at > %(since)s and t.armed_at <= %(now)s and t.state <> 'claimed'
      -- what is on its way now has no answer yet
      and not (t.state = 'sending' and t.look_at > %(now)s)
    order by t.armed_at desc limit %(newest)s
  ) one
) newest
where a.retired_at is null and newest.tried > 0
union all
select 'resting_numbers', b.client_id, b.account_id, count(*)::int, 0, min(b.opened_at)
from sender_breakers b
where b.closes_at > %(now)s
group by b.client_id, b.account_id
union all
select 'unmatched', i.client_id, null, count(*)::int, 0, min(i.at)
from inbound i
where i.contact_id is null and i.at > %(unmatched_since)s and i.at <= %(now)s
group by i.client_id
union all
select 'disarmed', null, null, 1, 0, coalesce(e.changed_at, %(now)s)
from engine_state e
where not e.armed;

-- note_troubles --
-- One line each, unless the same event of the same subject stands there since `quiet_since`.
insert into system_logs (id, client_id, at, level, event, detail)
select v.id, v.client_id, %(now)s, v.level, v.event, v.detail || jsonb_build_object('subject', v.subject)
from unnest(%(id)s::uuid[], %(client_id)s::uuid[], %(level)s::text[], %(event)s::text[], %(subject)s::text[],
  %(detail)s::jsonb[]) as v (id, client_id, level, event, subject, detail)
where not exists (
  select from system_logs l
  where l.client_id is not distinct from v.client_id and l.at > %(quiet_since)s and l.event = v.event and l.detail ->> 'subject' = v.subject
);

-- listed_touches --
-- Touches that a provider's list speaks of, by our reference or the provider's id: of every client, because two of them
-- may share the environment's account.
select t.id, t.client_id, t.provider_id, t.state
from touches t
where t.id = any(%(ids)s::uuid[]) and t.provider = %(provider)s
union
select t.id, t.client_id, t.provider_id, t.state
from provider_accounts a
join touches t on t.account_id = a.id and t.provider_id = any(%(provider_ids)s::text[])
where a.provider = %(provider)s;

-- unplaced_people --
-- Whom something went to that may be in the list of these clients' provider without our knowing under which id: the
-- address, and the provider's own id of the person where that is what it was given. Who shares the environment's
-- account shares its list.
select distinct who.person
from provider_accounts a
join touches t on t.account_id = a.id and t.armed_at > %(since)s
cross join lateral (values (lower(t.to_address)), (t.envelope ->> 'contact_id')) as who (person)
where a.provider = %(provider)s and t.channel = %(channel)s and t.provider_id is null
  and (a.client_id = any(%(client_ids)s::uuid[]) or (a.from_environment and %(shared)s))
  and t.state in ('sending', 'unknown', 'review', 'expired') and who.person is not null;

-- newest_list_lines --
-- The last that was written about each account's list, of these clients, and since when that is so.
select distinct on (l.detail ->> 'account_id') (l.detail ->> 'account_id')::uuid as account_id, l.event,
  coalesce((l.detail ->> 'since')::timestamptz, l.at) as at
from system_logs l
where l.client_id = any(%(client_ids)s::uuid[]) and l.at > %(since)s
  and l.event in ('list_not_read', 'list_unread_long', 'list_read_again')
  and l.detail ? 'account_id'
order by l.detail ->> 'account_id', l.at desc, l.id desc;

-- silent_touches --
-- What a provider took from us and a list read to its end does not show. What was handed to a workflow has no id there.
select t.id, t.client_id, t.account_id, t.provider_id
from touches t
where t.account_id = any(%(account_ids)s::uuid[]) and t.armed_at >= %(since)s and t.armed_at <= %(until)s
  and t.state = 'accepted' and t.changed_at <= %(until)s
  and t.provider_id is not null and not t.provider_id = any(%(listed)s::text[])
  and not starts_with(t.provider_id, 'handed:')
order by t.armed_at, t.id;
