-- load_facts --
-- One row a candidate, read after the locks in a snapshot of its own, so that it sees what the other arming wrote. Each
-- table is gone through once for all that is asked of it: what it takes to plan grows with the tables that are named.
-- the day's sum is counted once, not once a candidate
-- Kept as house.load_facts_01887262.
with spent as materialized (
  select cl.id as client_id, sum(t.cost_micros) as micros, min(t.armed_at) as oldest
  from clients cl
  join touches t on t.client_id = cl.id and t.cost_micros > 0
    and t.armed_at > %(now)s::timestamptz - interval '24 hours'
  where cl.id = any(%(client_id)b::uuid[]) and cl.daily_budget_micros is not null
  group by cl.id
), burst as materialized (
  -- counted once for each account: once a candidate, it was most of this query's time when an account sends fast
  select asked.account_id, (
    select count(*) from touches t
    where t.account_id = asked.account_id
      and t.armed_at > %(now)s::timestamptz - make_interval(secs => %(burst_seconds)s::float8)
  ) as sent
  from (select distinct one.account_id from unnest(%(account_id)b::uuid[]) as one (account_id)) asked
), emergency as (
  select jsonb_agg(jsonb_build_array(b.state, extract(epoch from b.until_at))) as states
  from state_blocks b
  where b.until_at > %(now)s::timestamptz and b.from_at <= %(now)s::timestamptz
)
select v.n, cl.status as client_status, cl.sending_stopped_at is not null as sending_stopped,
  c.suppressed_at is not null or c.erased_at is not null or coalesce(theirs.said_stop, false) as contact_suppressed,
  (a.suppressed_at is not null and a.suppressed_reason not in ('bounced', 'provider_suppressed')) or kept.hash is not null
    as address_suppressed,
  a.id is not null and (a.suppressed_at is null or a.suppressed_reason not in ('bounced', 'provider_suppressed')) as is_open,
  a.held_until, coalesce(consent.event = 'granted', v.channel = 'email') as consent, consent.kind as consent_kind,
  consent.at as consented_at, consent.newest_at as agreed_again_at, consent.covers_ai_voice, consent.expires_at as consent_expires_at, consent.wording_hash,
  consent.wording_version,
  coalesce(told.replied, false) or coalesce(theirs.replied, false) as replied,
  coalesce(told.unsure, false) or coalesce(theirs.unsure, false) as reply_unsure,
  own.on_call_until, case when v.channel = 'voice' then own.spoken_at end as call_completed_at, there.in_flight_until,
  there.sent as sent_last_day, there.oldest as oldest_in_day, own.sent as sent_to_person, own.oldest as oldest_to_person, burst.sent as sent_just_now,
  case when v.platform_hash is not null then held.hash is not null and held.decision is null end as platform_held,
  coalesce(held.decision = 'kept', false) as platform_kept,
  case when list.issued_on::timestamp at time zone 'UTC' + %(list_holds_for)s::interval >= %(now)s::timestamptz
    then listed.phone is not null end as dnc_listed,
  list.issued_on as dnc_issued_on, checked.answer as reassigned, checked.asked_at as checked_at, theirs.heard_at,
  array(
    select s.state from state_clearances s
    where s.client_id = v.client_id and (s.ends_at is null or s.ends_at > %(now)s::timestamptz)
  ) as cleared_states,
  coalesce(r.status = 'approved', false) as registered, r.campaign, cl.postal_address is not null as postal_address,
  cl.daily_budget_micros, coalesce(spent.micros, 0)::bigint as spent_micros, spent.oldest as oldest_spent_at,
  exists (
    select from reconcile_findings f
    where f.client_id = v.client_id and f.address_hash = v.own_hash and f.channel = v.channel
      and f.kind = 'lost' and f.settled_at is null
  ) as possibly_sent,
  there.texted_before, there.footer_at,
  (select count(*) from unnest(there.texted_at) as one (at) where one.at > there.footer_at) as texts_since_footer,
  (select e.states from emergency e) as emergencies
from unnest(%(n)b::int[], %(client_id)b::uuid[], %(contact_id)b::uuid[], %(address_id)b::uuid[], %(account_id)b::uuid[],
  %(channel)b::text[], %(since)b::timestamptz[], %(own_hash)b::bytea[], %(platform_hash)b::bytea[], %(target)b::text[])
  as v (n, client_id, contact_id, address_id, account_id, channel, since, own_hash, platform_hash, target)
join clients cl on cl.id = v.client_id
join contacts c on c.client_id = v.client_id and c.id = v.contact_id
left join addresses a on a.client_id = v.client_id and a.id = v.address_id
left join kept_suppressions kept on kept.client_id = v.client_id and kept.hash = v.own_hash
left join platform_holds held on held.hash = v.platform_hash
left join sender_registrations r on r.account_id = v.account_id
left join spent on spent.client_id = v.client_id
left join burst on burst.account_id = v.account_id
left join dnc_lists list on list.client_id = v.client_id and list.area_code = substr(a.value, 3, 3) and a.value like '+1%%'
left join dnc_numbers listed on listed.client_id = v.client_id
  and listed.phone = case when a.value ~ '^\+1[2-9][0-9]{9}$' then substr(a.value, 3)::bigint end
cross join lateral (
  -- what was said by any of the person's addresses, and of this one; as many rows as there are messages, or one
  select bool_or(o.suppressed_at >= v.since and o.suppressed_reason in ('opted_out', 'provider_opt_out', 'complained'))
      as said_stop,
    bool_or(i.released_at is null and i.at >= v.since) as replied,
    bool_or(i.released_at is null and i.payload ->> 'opt_out' = 'unsure') filter (where o.id = v.address_id) as unsure,
    max(i.at) filter (where o.id = v.address_id and i.kind <> 'own_call') as heard_at
  from contact_addresses ca
  join addresses o on o.id = ca.address_id
  left join inbound i on i.client_id = v.client_id and i.from_address = o.value
  where ca.contact_id = v.contact_id
) theirs
cross join lateral (
  select bool_or(i.at >= v.since) as replied, bool_or(i.payload ->> 'opt_out' = 'unsure') as unsure
  from inbound i
  where i.contact_id = v.contact_id and i.released_at is null
) told
cross join lateral (
  -- some states count by person, whatever the number (rule H-3)
  select count(*) filter (where t.armed_at > %(now)s::timestamptz - interval '24 hours'
      and t.channel in ('sms', 'voice') and t.origin not in ('confirmation', 'help')
      and t.state not in ('not_sent', 'suppressed', 'cancelled')) as sent,
    min(t.armed_at) filter (where t.armed_at > %(now)s::timestamptz - interval '24 hours'
      and t.channel in ('sms', 'voice') and t.origin not in ('confirmation', 'help')
      and t.state not in ('not_sent', 'suppressed', 'cancelled')) as oldest,
    max(coalesce(t.look_at, t.confirm_by)) filter (where t.channel = 'voice'
      and t.state in ('claimed', 'sending', 'unknown', 'accepted')) as on_call_until,
    max(coalesce(t.call_ended_at, t.confirmed_at)) filter (where t.channel = 'voice' and t.state = 'completed'
      and t.armed_at > %(now)s::timestamptz - interval '24 hours') as spoken_at
  from touches t
  where t.contact_id = v.contact_id
) own
left join lateral (
  -- of what holds the strongest counts, for a plain yes on top takes nothing away from a signature
  select k.event, k.kind, k.at, k.covers_ai_voice, k.expires_at, k.wording_hash, k.wording_version,
    max(case k.event when 'granted' then k.at end) over () as newest_at
  from consents k
  where k.contact_id = v.contact_id and k.channel = v.channel
    -- what was agreed to for one number says nothing of another
    and (k.event = 'withdrawn' or k.address is null or k.address = a.value)
    -- a stop took back all that came before it, for everybody behind the address, although a new word opened it since
    and (k.event = 'withdrawn' or not exists (
      select from reopenings o
      where o.address_id = v.address_id and o.closed_at >= k.at and o.reopened_at > k.at
        and o.closed_reason in ('opted_out', 'provider_opt_out', 'complained')))
    and (k.event = 'withdrawn' or not exists (
      select from consents w
      where w.contact_id = k.contact_id and w.channel = k.channel and w.event = 'withdrawn' and w.at >= k.at))
  order by k.event = 'granted' desc, coalesce(k.expires_at > %(now)s::timestamptz, true) desc, k.kind = 'written' desc,
    k.covers_ai_voice desc, k.at desc, k.id desc
  limit 1
) consent on true
cross join lateral (
  -- in a test everything goes to the tester's address; what the person got is counted all the same
  select count(*) filter (where t.to_address = a.value and t.armed_at > %(now)s::timestamptz - interval '24 hours'
      and t.origin not in ('confirmation', 'help') and t.state not in ('not_sent', 'suppressed', 'cancelled')) as sent,
    min(t.armed_at) filter (where t.to_address = a.value and t.armed_at > %(now)s::timestamptz - interval '24 hours'
      and t.origin not in ('confirmation', 'help') and t.state not in ('not_sent', 'suppressed', 'cancelled')) as oldest,
    max(coalesce(t.look_at, t.confirm_by)) filter (where t.channel = v.channel
      and t.to_address = coalesce(v.target, a.value) and t.state in ('claimed', 'sending', 'unknown')) as in_flight_until,
    -- only what may have been read counts: one text too many that says how to stop does no harm
    count(*) filter (where v.channel = 'sms' and t.channel = 'sms' and t.to_address = coalesce(v.target, a.value)
      and t.state not in ('not_sent', 'suppressed', 'cancelled', 'failed', 'expired')) > 0 as texted_before,
    max(t.armed_at) filter (where v.channel = 'sms' and t.channel = 'sms' and t.to_address = coalesce(v.target, a.value)
      and t.state not in ('not_sent', 'suppressed', 'cancelled', 'failed', 'expired') and t.decision ? 'footer')
      as footer_at,
    -- of these also what may have been read and could not be proved: saying it once too often does no harm either
    array_agg(t.armed_at) filter (where v.channel = 'sms' and t.channel = 'sms'
      and t.to_address = coalesce(v.target, a.value)
      and t.state not in ('not_sent', 'suppressed', 'cancelled', 'failed')) as texted_at
  from touches t
  where t.client_id = v.client_id and t.to_address = any(array[a.value, v.target])
) there
-- two people may share a number: what was asked for the day of one says of the other only what follows from it
cross join lateral (select (greatest(consent.newest_at, theirs.heard_at) at time zone 'Etc/GMT+12')::date as day) proof
left join lateral (
  select k.answer, k.asked_at from number_checks k
  where k.address_id = v.address_id and k.kind = 'reassigned'
    and case k.answer when 'no' then k.consented_on <= proof.day when 'yes' then k.consented_on >= proof.day
      else k.consented_on = proof.day end
  order by k.asked_at desc limit 1
) checked on true;

-- load_tester_facts --
-- In a test everything goes to one address, whoever it is for: it may be closed as well, and it has one telephone.
select v.n, target.suppressed_at is not null as closed, call.look_at as on_call_until
from unnest(%(n)b::int[], %(client_id)b::uuid[], %(address_id)b::uuid[], %(channel)b::text[], %(target)b::text[])
  as v (n, client_id, address_id, channel, target)
left join addresses a on a.client_id = v.client_id and a.id = v.address_id
left join addresses target on target.client_id = v.client_id and target.kind = a.kind and target.value = v.target
left join lateral (
  select max(coalesce(t.look_at, t.confirm_by)) as look_at from touches t
  where v.channel = 'voice' and t.channel = 'voice' and t.to_address = v.target
    and t.state in ('claimed', 'sending', 'unknown', 'accepted')
) call on true;

-- try_sender --
-- One arming at a time counts a sender's throttle; not obtained means: next round. Then its purse: where the client has a
-- daily budget, one arming at a time counts what is left of it. From here on the transaction waits for no lock for long.
-- Kept as house.try_sender_270a1ab0.
with sender as materialized (
  select pg_try_advisory_xact_lock(hashtextextended(%(account_id)s::uuid::text, 7)) as obtained,
    set_config('lock_timeout', '200ms', true) as patience
)
select sender.obtained, sender.patience,
  case when sender.obtained and cl.daily_budget_micros is not null
    then pg_advisory_xact_lock(hashtextextended(cl.id::text, 43)) is not null end as purse
from sender
left join clients cl on cl.id = %(purse_of)s::uuid;

-- set_lock_timeout --
-- An arming never waits for a lock.
select set_config('lock_timeout', '200ms', true);
