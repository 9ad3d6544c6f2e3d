-- Why: the database keeps the plans of these statements (utils/kept.py). Written by scripts.database.keep_statements.
-- Lock risk: none; functions only.
-- Undo: take the marks `Kept as` out of the queries.sql, then drop the functions.
set lock_timeout = '5s';

create function house.load_facts_01887262(now_ timestamptz, client_id_ uuid[], burst_seconds_ float8, account_id_ uuid[], list_holds_for_ interval, n_ int[], contact_id_ uuid[], address_id_ uuid[], channel_ text[], since_ timestamptz[], own_hash_ bytea[], platform_hash_ bytea[], target_ text[])
returns table ("n" integer, "client_status" text, "sending_stopped" boolean, "contact_suppressed" boolean, "address_suppressed" boolean, "is_open" boolean, "held_until" timestamp with time zone, "consent" boolean, "consent_kind" text, "consented_at" timestamp with time zone, "agreed_again_at" timestamp with time zone, "covers_ai_voice" boolean, "consent_expires_at" timestamp with time zone, "wording_hash" text, "wording_version" text, "replied" boolean, "reply_unsure" boolean, "on_call_until" timestamp with time zone, "call_completed_at" timestamp with time zone, "in_flight_until" timestamp with time zone, "sent_last_day" bigint, "oldest_in_day" timestamp with time zone, "sent_to_person" bigint, "oldest_to_person" timestamp with time zone, "sent_just_now" bigint, "platform_held" boolean, "platform_kept" boolean, "dnc_listed" boolean, "dnc_issued_on" date, "reassigned" text, "checked_at" timestamp with time zone, "heard_at" timestamp with time zone, "cleared_states" text[], "registered" boolean, "campaign" text, "postal_address" boolean, "daily_budget_micros" bigint, "spent_micros" bigint, "oldest_spent_at" timestamp with time zone, "possibly_sent" boolean, "texted_before" boolean, "footer_at" timestamp with time zone, "texts_since_footer" bigint, "emergencies" jsonb) language plpgsql
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
with spent as materialized (
  select cl.id as client_id, sum(t.cost_micros) as micros, min(t.armed_at) as oldest
  from clients cl
  join touches t on t.client_id = cl.id and t.cost_micros > 0
    and t.armed_at > $1::timestamptz - interval '24 hours'
  where cl.id = any($2::uuid[]) and cl.daily_budget_micros is not null
  group by cl.id
), burst as materialized (
  select asked.account_id, (
    select count(*) from touches t
    where t.account_id = asked.account_id
      and t.armed_at > $1::timestamptz - make_interval(secs => $3::float8)
  ) as sent
  from (select distinct one.account_id from unnest($4::uuid[]) as one (account_id)) asked
), emergency as (
  select jsonb_agg(jsonb_build_array(b.state, extract(epoch from b.until_at))) as states
  from state_blocks b
  where b.until_at > $1::timestamptz and b.from_at <= $1::timestamptz
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
  case when list.issued_on::timestamp at time zone 'UTC' + $5::interval >= $1::timestamptz
    then listed.phone is not null end as dnc_listed,
  list.issued_on as dnc_issued_on, checked.answer as reassigned, checked.asked_at as checked_at, theirs.heard_at,
  array(
    select s.state from state_clearances s
    where s.client_id = v.client_id and (s.ends_at is null or s.ends_at > $1::timestamptz)
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
from unnest($6::int[], $2::uuid[], $7::uuid[], $8::uuid[], $4::uuid[],
  $9::text[], $10::timestamptz[], $11::bytea[], $12::bytea[], $13::text[])
  as v (n, client_id, contact_id, address_id, account_id, channel, since, own_hash, platform_hash, target)
join clients cl on cl.id = v.client_id
join contacts c on c.client_id = v.client_id and c.id = v.contact_id
left join addresses a on a.client_id = v.client_id and a.id = v.address_id
left join kept_suppressions kept on kept.client_id = v.client_id and kept.hash = v.own_hash
left join platform_holds held on held.hash = v.platform_hash
left join sender_registrations r on r.account_id = v.account_id
left join spent on spent.client_id = v.client_id
left join burst on burst.account_id = v.account_id
left join dnc_lists list on list.client_id = v.client_id and list.area_code = substr(a.value, 3, 3) and a.value like '+1%'
left join dnc_numbers listed on listed.client_id = v.client_id
  and listed.phone = case when a.value ~ '^\+1[2-9][0-9]{9}$' then substr(a.value, 3)::bigint end
cross join lateral (
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
  select count(*) filter (where t.armed_at > $1::timestamptz - interval '24 hours'
      and t.channel in ('sms', 'voice') and t.origin not in ('confirmation', 'help')
      and t.state not in ('not_sent', 'suppressed', 'cancelled')) as sent,
    min(t.armed_at) filter (where t.armed_at > $1::timestamptz - interval '24 hours'
      and t.channel in ('sms', 'voice') and t.origin not in ('confirmation', 'help')
      and t.state not in ('not_sent', 'suppressed', 'cancelled')) as oldest,
    max(coalesce(t.look_at, t.confirm_by)) filter (where t.channel = 'voice'
      and t.state in ('claimed', 'sending', 'unknown', 'accepted')) as on_call_until,
    max(coalesce(t.call_ended_at, t.confirmed_at)) filter (where t.channel = 'voice' and t.state = 'completed'
      and t.armed_at > $1::timestamptz - interval '24 hours') as spoken_at
  from touches t
  where t.contact_id = v.contact_id
) own
left join lateral (
  select k.event, k.kind, k.at, k.covers_ai_voice, k.expires_at, k.wording_hash, k.wording_version,
    max(case k.event when 'granted' then k.at end) over () as newest_at
  from consents k
  where k.contact_id = v.contact_id and k.channel = v.channel
    and (k.event = 'withdrawn' or k.address is null or k.address = a.value)
    and (k.event = 'withdrawn' or not exists (
      select from reopenings o
      where o.address_id = v.address_id and o.closed_at >= k.at and o.reopened_at > k.at
        and o.closed_reason in ('opted_out', 'provider_opt_out', 'complained')))
    and (k.event = 'withdrawn' or not exists (
      select from consents w
      where w.contact_id = k.contact_id and w.channel = k.channel and w.event = 'withdrawn' and w.at >= k.at))
  order by k.event = 'granted' desc, coalesce(k.expires_at > $1::timestamptz, true) desc, k.kind = 'written' desc,
    k.covers_ai_voice desc, k.at desc, k.id desc
  limit 1
) consent on true
cross join lateral (
  select count(*) filter (where t.to_address = a.value and t.armed_at > $1::timestamptz - interval '24 hours'
      and t.origin not in ('confirmation', 'help') and t.state not in ('not_sent', 'suppressed', 'cancelled')) as sent,
    min(t.armed_at) filter (where t.to_address = a.value and t.armed_at > $1::timestamptz - interval '24 hours'
      and t.origin not in ('confirmation', 'help') and t.state not in ('not_sent', 'suppressed', 'cancelled')) as oldest,
    max(coalesce(t.look_at, t.confirm_by)) filter (where t.channel = v.channel
      and t.to_address = coalesce(v.target, a.value) and t.state in ('claimed', 'sending', 'unknown')) as in_flight_until,
    count(*) filter (where v.channel = 'sms' and t.channel = 'sms' and t.to_address = coalesce(v.target, a.value)
      and t.state not in ('not_sent', 'suppressed', 'cancelled', 'failed', 'expired')) > 0 as texted_before,
    max(t.armed_at) filter (where v.channel = 'sms' and t.channel = 'sms' and t.to_address = coalesce(v.target, a.value)
      and t.state not in ('not_sent', 'suppressed', 'cancelled', 'failed', 'expired') and t.decision ? 'footer')
      as footer_at,
    array_agg(t.armed_at) filter (where v.channel = 'sms' and t.channel = 'sms'
      and t.to_address = coalesce(v.target, a.value)
      and t.state not in ('not_sent', 'suppressed', 'cancelled', 'failed')) as texted_at
  from touches t
  where t.client_id = v.client_id and t.to_address = any(array[a.value, v.target])
) there
cross join lateral (select (greatest(consent.newest_at, theirs.heard_at) at time zone 'Etc/GMT+12')::date as day) proof
left join lateral (
  select k.answer, k.asked_at from number_checks k
  where k.address_id = v.address_id and k.kind = 'reassigned'
    and case k.answer when 'no' then k.consented_on <= proof.day when 'yes' then k.consented_on >= proof.day
      else k.consented_on = proof.day end
  order by k.asked_at desc limit 1
) checked on true;
end
$kept$;
revoke all on function house.load_facts_01887262 from public, anon, authenticated;
