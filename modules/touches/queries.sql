-- arm_touches --
-- Writes touches as `sending` with their final bytes: the row before the request. The columns travel in binary (`b`): as
-- text, the quotes of JSON within an array take the client 50 µs a touch.
-- Kept as house.arm_touches_de87fd28.
insert into touches (id, client_id, account_id, origin, origin_id, part, attempt, enrollment_id, step, contact_id, channel,
  provider, to_address, subject, body, body_hash, envelope, sender, state, armed_at, look_at, confirm_by, changed_at, evidence, decision,
  cost_micros, cost_currency, cost_source)
select v.id, v.client_id, v.account_id, v.origin, v.origin_id, v.part, v.attempt, v.enrollment_id, v.step, v.contact_id,
  v.channel, v.provider, v.to_address, v.subject, v.body, v.body_hash, v.envelope, v.sender, 'sending', v.armed_at, v.look_at,
  v.confirm_by, v.armed_at, '[]'::jsonb, v.decision, v.cost_micros, v.cost_currency, v.cost_source
from unnest(%(id)b::uuid[], %(client_id)b::uuid[], %(account_id)b::uuid[], %(origin)b::text[], %(origin_id)b::uuid[],
  %(part)b::int[], %(attempt)b::int[], %(enrollment_id)b::uuid[], %(step)b::text[], %(contact_id)b::uuid[],
  %(channel)b::text[], %(provider)b::text[], %(to_address)b::text[], %(subject)b::text[], %(body)b::text[],
  %(body_hash)b::text[], %(envelope)b::jsonb[], %(sender)b::text[], %(armed_at)b::timestamptz[], %(look_at)b::timestamptz[],
  %(confirm_by)b::timestamptz[], %(decision)b::jsonb[], %(cost_micros)b::bigint[],
  %(cost_currency)b::text[], %(cost_source)b::text[])
  as v (id, client_id, account_id, origin, origin_id, part, attempt, enrollment_id, step, contact_id, channel, provider,
    to_address, subject, body, body_hash, envelope, sender, armed_at, look_at, confirm_by, decision, cost_micros, cost_currency, cost_source);

-- find_touches --
-- Touches by our own reference or by the provider's id, read without a lock; an account never finds another's touch.
-- Kept as house.find_touches_46ded43b.
select id, account_id, provider_id, state
from touches
where account_id = any(%(account_ids)b::uuid[]) and (id = any(%(ids)b::uuid[]) or provider_id = any(%(provider_ids)b::text[]));

-- lock_delivery --
-- When a touch was sent, and when it was delivered by the provider's own word; locked, so that no other news of it comes
-- in between.
select t.client_id, t.armed_at, (
    select min((e ->> 'said_at')::timestamptz) from jsonb_array_elements(t.evidence) e where e ->> 'state' = 'delivered'
  ) as delivered_at
from touches t
where t.id = %(id)s
for share;

-- peek_touches --
-- To whom touches belong, read without a lock so that the locks can be taken in order. `by_tester`: somebody else got it in
-- this person's stead, and so answers it; who tests with their own number is themselves. `proven_at`: when the provider
-- had told its end. `agreed_at`: the latest agreement by which this address was opened again, `person_agreed_at`: or any of
-- the person's.
select t.id, t.enrollment_id, t.client_id, t.contact_id, t.channel, t.to_address, t.state, t.armed_at, t.call_ended_at,
  case when t.state in ('delivered', 'completed', 'failed', 'bounced', 'complained', 'cancelled') then t.confirmed_at
    end as proven_at,
  t.decision ? 'redirected' and not exists (
    select from contact_addresses ca join addresses a on a.id = ca.address_id
    where ca.contact_id = t.contact_id and a.value = t.to_address) as by_tester,
  opened.agreed_at, opened.person_agreed_at
from touches t
cross join lateral (
  select max(least(k.at, o.reopened_at)) filter (where own.is_here) as agreed_at,
    max(least(k.at, o.reopened_at)) as person_agreed_at
  from (
    select a.id, true as is_here from addresses a
    where a.client_id = t.client_id and a.value = t.to_address
      and a.kind = case t.channel when 'email' then 'email' else 'phone' end
    union all
    select ca.address_id, false from contact_addresses ca where ca.contact_id = t.contact_id
  ) own
  join reopenings o on o.address_id = own.id
  join consents k on k.id = o.consent_id
) opened
where t.id = any(%(ids)b::uuid[]);

-- lock_touches --
-- The rows whose fate is decided now, locked in one order everywhere (enrollment, contact, address, touch).
-- Kept as house.lock_touches_cd8fab34.
select id, client_id, account_id, enrollment_id, contact_id, step, part, attempt, channel, provider, to_address, subject,
  body, envelope, state, armed_at, look_at, confirm_by, provider_id, evidence_id, sender, absent_at
from touches
where id = any(%(ids)b::uuid[])
order by id
for no key update;

-- load_touches --
-- The same rows without a lock, for asking the provider about them.
select id, client_id, account_id, enrollment_id, contact_id, step, part, attempt, channel, provider, to_address, subject,
  body, envelope, state, armed_at, look_at, confirm_by, provider_id, evidence_id, sender, absent_at
from touches
where id = any(%(ids)b::uuid[])
order by look_at, id;

-- record_changes --
-- Writes decided changes; the state each was decided from must still hold. Returns what was written.
-- Kept as house.record_changes_d4ebaf47.
update touches t
set state = v.after, reason = v.reason, look_at = v.look_at, changed_at = %(now)s::timestamptz,
  provider_id = coalesce(t.provider_id, v.provider_id), provider_status = coalesce(v.provider_status, t.provider_status),
  evidence_id = coalesce(v.evidence_id, t.evidence_id),
  evidence = case when v.evidence_id is null then t.evidence
    else t.evidence || jsonb_strip_nulls(jsonb_build_object(
      'id', v.evidence_id, 'state', v.after, 'at', %(now)s::timestamptz, 'said_at', v.said_at)) end,
  confirmed_at = case when v.evidence_id is null then t.confirmed_at else %(now)s end,
  cost_micros = coalesce(v.cost_micros, t.cost_micros), cost_currency = coalesce(v.cost_currency, t.cost_currency),
  cost_source = case when v.cost_micros is null then t.cost_source else 'provider' end,
  -- of somebody who was erased the proof is still taken in, their words are not
  transcript = case when c.erased_at is null then coalesce(v.transcript, t.transcript) end,
  recording = case when c.erased_at is null then coalesce(v.recording, t.recording) end,
  summary = case when c.erased_at is null then coalesce(v.summary, t.summary) end,
  call_started_at = coalesce(v.call_started_at, t.call_started_at), call_ended_at = coalesce(v.call_ended_at, t.call_ended_at)
from contacts c, unnest(%(id)b::uuid[], %(before)b::text[], %(after)b::text[], %(reason)b::text[], %(look_at)b::timestamptz[],
  %(provider_id)b::text[], %(provider_status)b::text[], %(evidence_id)b::text[], %(said_at)b::timestamptz[],
  %(cost_micros)b::bigint[], %(cost_currency)b::text[], %(transcript)b::text[], %(recording)b::text[], %(summary)b::text[],
  %(call_started_at)b::timestamptz[], %(call_ended_at)b::timestamptz[])
  as v (id, before, after, reason, look_at, provider_id, provider_status, evidence_id, said_at, cost_micros,
    cost_currency, transcript, recording, summary, call_started_at, call_ended_at)
where t.id = v.id and t.state = v.before and c.id = t.contact_id
returning t.id;

-- keep_conflicting_evidence --
-- A second terminal fact that lost against the first is kept beside it, once.
update touches t
set evidence = t.evidence || jsonb_build_object('id', %(evidence_id)s::text, 'state', %(state)s::text, 'at', %(now)s::timestamptz, 'lost', true),
  changed_at = %(now)s
where t.id = %(id)s and not t.evidence @> jsonb_build_array(jsonb_build_object('id', %(evidence_id)s::text));

-- suppress_claimed --
-- What is claimed for an address that opted out never leaves.
update touches t
set state = 'suppressed', look_at = null, reason = %(reason)s, changed_at = %(now)s
where t.client_id = %(client_id)s and t.to_address = %(value)s and t.state = 'claimed';

-- taken_provider_ids --
-- Provider ids at this address that belong to other touches already: the same words twice are two messages. Of every
-- client: two of them may share the environment's account, and one's message is never the other's proof. Of whoever was
-- erased meanwhile all are named, for a mark stands where their address stood.
select t.provider_id
from touches t
where t.provider = %(provider)s and t.to_address = %(to_address)s and t.id <> %(id)s and t.provider_id is not null
union
select t.provider_id
from erasures e
join touches t on t.contact_id = e.contact_id
where e.erased_at > %(armed_at)s::timestamptz - interval '1 hour' and t.provider = %(provider)s and t.id <> %(id)s
  and t.provider_id is not null;

-- has_look_alike --
-- May a message that was found by its words alone be another touch's? One with the same words to the same address, of any
-- client, armed at most `apart` before or at any time after, that left and whose message nobody knows; what was lost for
-- good counts too. The id of a hand-over names no message, and whose own id is one cannot tell it from anybody's. Whether
-- somebody erased meanwhile had this address can no longer be seen: a hand-over's id tells whom it was for, else it may be.
select exists (
  select from touches own
  cross join lateral (
    select t.* from clients c
    join touches t on t.client_id = c.id and t.to_address = own.to_address
    union all
    select t.* from erasures e
    join touches t on t.contact_id = e.contact_id
    where e.erased_at > own.armed_at - interval '1 hour' and (t.provider_id is null
      or not starts_with(t.provider_id, 'handed:') or split_part(t.provider_id, ':', 3) = own.envelope->>'contact_id')
  ) t
  where own.id = %(id)s and t.id <> own.id and t.provider = own.provider and t.body_hash = own.body_hash
    and t.armed_at >= own.armed_at - %(apart)s::interval and t.state not in ('claimed', 'not_sent', 'suppressed')
    and (starts_with(own.provider_id, 'handed:') or starts_with(t.provider_id, 'handed:')
      or (t.provider_id is null and t.state in ('sending', 'unknown', 'review', 'expired')))
) as found;

-- due_looks --
-- Touches to look at: past the quarantine, at a poll instant inside (since, now], or past the deadline; at most so many
-- of one account, so that an account that hangs does not crowd out the others.
select one.id
from (
select t.id, t.look_at, row_number() over (partition by t.account_id order by t.look_at, t.id) as place
from touches t
cross join lateral (
  select p.polls from unnest(%(providers)b::text[], %(polls)b::text[]) as p (provider, polls) where p.provider = t.provider
) p
where t.state in ('claimed', 'sending', 'unknown', 'accepted', 'review') and t.look_at <= %(now)s
  and (
    t.confirm_by <= %(now)s
    or (t.state = 'sending' and t.look_at <= %(now)s)
    or exists (
      select from unnest(p.polls::interval[]) as poll (after)
      where t.armed_at + poll.after > %(since)s and t.armed_at + poll.after <= %(now)s
    )
  )
) one
where one.place <= %(limit)s
order by one.look_at, one.id;

-- next_look --
-- The next instant after `now` at which a touch wants to be looked at; null when none does.
select min(greatest(t.look_at, instant.at)) as at
from touches t
cross join lateral (
  select p.polls from unnest(%(providers)b::text[], %(polls)b::text[]) as p (provider, polls) where p.provider = t.provider
) p
cross join lateral (
  -- past its deadline it is looked at every minute until it ends
  select greatest(t.confirm_by, %(now)s::timestamptz + interval '1 minute') as at
  union all select t.look_at where t.state = 'sending'
  union all select t.armed_at + poll.after from unnest(p.polls::interval[]) as poll (after)
) instant
where t.state in ('claimed', 'sending', 'unknown', 'accepted', 'review') and instant.at > %(now)s;

-- add_call_details --
-- What a provider tells of a call after its end was recorded (a summary comes late); once, and of nobody who was erased.
update touches t
set transcript = coalesce(t.transcript, %(transcript)s), recording = coalesce(t.recording, %(recording)s),
  summary = %(summary)s, call_started_at = coalesce(t.call_started_at, %(call_started_at)s),
  call_ended_at = coalesce(t.call_ended_at, %(call_ended_at)s), changed_at = %(now)s
where t.id = %(id)s and t.channel = 'voice' and t.summary is null and %(summary)s::text is not null
  and t.state in ('completed', 'failed', 'cancelled', 'expired')
  and not exists (select from contacts c where c.id = t.contact_id and c.erased_at is not null);

-- note_absent --
-- The first time a provider's list was read to its end without this touch.
update touches t set absent_at = %(now)s
where t.id = %(id)s and t.absent_at is null and t.state in ('sending', 'unknown');

-- calls_under_way --
-- Lines that an account's calls may be holding.
select count(*) as calls from touches t
where t.account_id = %(account_id)s and t.channel = 'voice' and t.state in ('claimed', 'sending', 'unknown', 'accepted');

-- accounts_with_open_touches --
-- Accounts of some providers that still have something to prove.
select distinct t.account_id from touches t
where t.provider = any(%(providers)b::text[]) and t.state in ('claimed', 'sending', 'unknown', 'accepted', 'review');

-- answer_facts --
-- What an answer by code still depends on, read after the locks: may this client send at all, is something on its way to
-- the number, how much has just left by the account.
select cl.status as client_status, cl.sending_stopped_at is not null as sending_stopped,
  exists (
    select from touches t
    where t.client_id = cl.id and t.channel = 'sms' and t.to_address = %(to_address)s
      and t.state in ('claimed', 'sending', 'unknown')
  ) as in_flight,
  (
    select count(*)::int from touches t
    where t.account_id = %(account_id)s and t.armed_at > %(now)s::timestamptz - make_interval(secs => %(burst_seconds)s)
  ) as sent_just_now
from clients cl
where cl.id = %(client_id)s;
