-- load_facts --
-- One row a candidate, read after the locks in a snapshot of its own, so that it sees what the other arming wrote.
select v.n, cl.status as client_status, cl.sending_stopped_at is not null as sending_stopped,
  c.suppressed_at is not null or coalesce(said_stop.since, false) as contact_suppressed,
  a.suppressed_at is not null and a.suppressed_reason not in ('bounced', 'provider_suppressed') as address_suppressed,
  a.id is not null and (a.suppressed_at is null or a.suppressed_reason not in ('bounced', 'provider_suppressed')) as is_open,
  a.held_until, coalesce(consent.event = 'granted', v.channel = 'email') as consent,
  exists (
    select from inbound i where i.contact_id = v.contact_id and i.released_at is null and i.at >= v.since
  ) or exists (
    select from contact_addresses ca
    join addresses o on o.id = ca.address_id
    join inbound i on i.client_id = v.client_id and i.from_address = o.value
    where ca.contact_id = v.contact_id and i.released_at is null and i.at >= v.since
  ) as replied,
  exists (
    select from inbound i
    where i.client_id = v.client_id and i.released_at is null and i.payload ->> 'opt_out' = 'unsure'
      and (i.contact_id = v.contact_id or i.from_address = a.value)
  ) as reply_unsure,
  call.look_at as on_call_until,
  flight.look_at as in_flight_until, day.sent as sent_last_day, day.oldest as oldest_in_day,
  own.sent as sent_to_person, own.oldest as oldest_to_person, burst.sent as sent_just_now
from unnest(%(n)s::int[], %(client_id)s::uuid[], %(contact_id)s::uuid[], %(address_id)s::uuid[], %(account_id)s::uuid[],
  %(channel)s::text[], %(since)s::timestamptz[]) as v (n, client_id, contact_id, address_id, account_id, channel, since)
join clients cl on cl.id = v.client_id
join contacts c on c.client_id = v.client_id and c.id = v.contact_id
left join addresses a on a.client_id = v.client_id and a.id = v.address_id
left join lateral (
  select true as since from contact_addresses ca
  join addresses o on o.id = ca.address_id
  where ca.contact_id = v.contact_id and o.suppressed_at >= v.since
    and o.suppressed_reason in ('opted_out', 'provider_opt_out', 'complained')
  limit 1
) said_stop on true
left join lateral (
  select max(coalesce(t.look_at, t.confirm_by)) as look_at from touches t
  where t.contact_id = v.contact_id and t.channel = 'voice' and t.state in ('claimed', 'sending', 'unknown', 'accepted')
) call on true
left join lateral (
  select k.event from consents k where k.contact_id = v.contact_id and k.channel = v.channel order by k.at desc, k.event desc, k.id desc limit 1
) consent on true
left join lateral (
  select max(coalesce(t.look_at, t.confirm_by)) as look_at from touches t
  where t.client_id = v.client_id and t.channel = v.channel and t.to_address = a.value
    and t.state in ('claimed', 'sending', 'unknown')
) flight on true
left join lateral (
  select count(*) as sent, min(t.armed_at) as oldest from touches t
  where t.client_id = v.client_id and t.to_address = a.value and t.armed_at > %(now)s::timestamptz - interval '24 hours'
    and t.state not in ('not_sent', 'suppressed', 'cancelled')
) day on true
left join lateral (
  -- some states count by person, whatever the number (rule H-3)
  select count(*) as sent, min(t.armed_at) as oldest from touches t
  where t.contact_id = v.contact_id and t.armed_at > %(now)s::timestamptz - interval '24 hours'
    and t.channel in ('sms', 'voice') and t.state not in ('not_sent', 'suppressed', 'cancelled')
) own on true
left join lateral (
  select count(*) as sent from touches t
  where t.account_id = v.account_id and t.armed_at > %(now)s::timestamptz - make_interval(secs => %(burst_seconds)s)
) burst on true;

-- try_sender --
-- One arming at a time counts a sender's throttle; not obtained means: next round.
select pg_try_advisory_xact_lock(hashtextextended(%(account_id)s::text, 7)) as obtained;

-- set_lock_timeout --
-- An arming never waits for a lock.
select set_config('lock_timeout', '200ms', true);
