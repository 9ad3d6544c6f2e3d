-- keep_event --
-- Keeps an event once; the same key again writes nothing.
insert into inbox_events (account_id, event_key, client_id, kind, provider, payload, received_at)
values (%(account_id)s, %(event_key)s, %(client_id)s, %(kind)s, %(provider)s, %(payload)s, %(now)s)
on conflict (account_id, event_key) do nothing;

-- list_places --
-- The accounts at which a post may have come in: one client's at a provider, or those that share the environment's.
-- The order is the same for every post, so that one event always has the same account.
select id as account_id, client_id, channel, retired_at is not null as retired, settings
from provider_accounts
where provider = %(provider)s
  and (client_id = %(client_id)s::uuid or (%(client_id)s::uuid is null and from_environment))
order by retired_at is not null, created_at, id;

-- match_inbound --
-- Whom each client knows behind an event: by the person's id at the provider, by the touch it names, by the address
-- (of several people with one address: who was written to last). Nobody who was erased. Read without a lock.
select v.client_id, coalesce(r.contact_id, told.contact_id, person.contact_id) as contact_id, told.id as told_id,
  told.to_address as told_address, recent.id as recent_id,
  r.contact_id is null and coalesce(told.by_tester, false) as by_tester,
  coalesce(r.contact_id, told.contact_id) is not null and not exists (
    select from contact_addresses ca join addresses a on a.id = ca.address_id
    where ca.contact_id = coalesce(r.contact_id, told.contact_id) and a.kind = %(kind)s and a.value = %(value)s
  ) as from_elsewhere
from unnest(%(client_ids)s::uuid[]) as v (client_id)
left join contact_refs r on r.client_id = v.client_id and r.provider = %(provider)s and r.ref = %(contact_ref)s
left join lateral (
  -- who tests with an address of their own is themselves
  select t.id, t.contact_id, t.to_address, t.decision ? 'redirected' and not exists (
      select from contact_addresses ca join addresses a on a.id = ca.address_id
      where ca.contact_id = t.contact_id and a.value = %(value)s) as by_tester
  from touches t
  where t.client_id = v.client_id
    and (t.id = %(reference)s::uuid
         or (t.account_id = any(%(account_ids)s::uuid[]) and t.provider_id = any(%(answers)s::text[])))
    and not exists (select from contacts c where c.id = t.contact_id and c.erased_at is not null)
  order by t.id = %(reference)s::uuid desc nulls last, t.armed_at desc, t.id desc
  limit 1
) told on true
left join lateral (
  select ca.contact_id
  from addresses a
  join contact_addresses ca on ca.address_id = a.id
  left join lateral (
    select max(t.armed_at) as armed_at from touches t
    where t.client_id = v.client_id and t.to_address = a.value and t.contact_id = ca.contact_id
  ) last on true
  where a.client_id = v.client_id and a.kind = %(kind)s and a.value = %(value)s
  order by last.armed_at desc nulls last, ca.contact_id
  limit 1
) person on true
left join lateral (
  select t.id from touches t
  where t.client_id = v.client_id and t.to_address = %(value)s and t.channel = %(channel)s
    and t.armed_at <= %(at)s and t.armed_at > %(since)s and t.state not in ('not_sent', 'suppressed', 'cancelled')
    and t.contact_id = coalesce(r.contact_id, told.contact_id, person.contact_id, t.contact_id)
  order by t.armed_at desc, t.id desc
  limit 1
) recent on true
order by v.client_id;

-- keep_inbound --
-- What came in, once; the same event again writes nothing. Whoever was erased meanwhile it is nobody's any more. Where the
-- clock was set back, it came after what runs all the same.
insert into inbound (id, client_id, account_id, event_key, channel, kind, provider, from_address, to_address, subject, body,
  recording, contact_id, reply_to_touch_id, at, opted_out, released_at, released_by, payload, answer)
values (%(id)s, %(client_id)s, %(account_id)s, %(event_key)s, %(channel)s, %(kind)s, %(provider)s, %(from_address)s,
  %(to_address)s, %(subject)s, %(body)s, %(recording)s,
  (select c.id from contacts c where c.id = %(contact_id)s and c.erased_at is null),
  (select t.id from touches t join contacts c on c.id = t.contact_id and c.erased_at is null
   where t.id = %(reply_to_touch_id)s),
  greatest(%(at)s::timestamptz, (
    select max(e.enrolled_at) from sequence_enrollments e
    where e.contact_id = %(contact_id)s and e.status in ('active', 'paused', 'held') and e.enrolled_at > %(now)s::timestamptz
  )), %(opted_out)s,
  %(released_at)s, %(released_by)s, %(payload)s, %(answer)s)
on conflict (account_id, event_key) do nothing;

-- kept_under --
-- Who wrote what is kept under these ids, and whether it said stop: as it was judged, or while it waits for its client, as
-- the provider says. No body: it was forgotten.
select i.event_key, i.from_address, case when i.payload ? 'forgotten' then null else coalesce(i.body, '') end as body, i.opted_out,
  true as judged
from inbound i
where i.account_id = any(%(account_ids)s::uuid[]) and i.event_key = any(%(event_keys)s::text[])
union all
select e.event_key, left(e.payload ->> 'from', 320), e.payload ->> 'text', coalesce((e.payload ->> 'opted_out')::boolean, false), false
from inbox_events e
where e.account_id = any(%(account_ids)s::uuid[]) and e.event_key = any(%(event_keys)s::text[]) and e.kind = 'inbound';

-- queued_inbound --
-- What waits for its person and may have found it meanwhile.
select i.id as row_id, i.client_id, i.account_id, i.event_key, i.provider,
  jsonb_build_object('event_key', i.event_key, 'from', i.from_address, 'to', i.to_address, 'text', coalesce(i.body, ''),
    'opted_out', i.opted_out, 'channel', i.channel, 'kind', i.kind, 'subject', i.subject, 'at', to_jsonb(i.at), 'call', null,
    'clues', coalesce(i.payload -> 'clues', '{}'::jsonb), 'said', '{}'::jsonb) as payload
from inbound i
where i.contact_id is null and i.at > %(since)s
  and (
    exists (
      select from addresses a join contact_addresses ca on ca.address_id = a.id
      where a.client_id = i.client_id and a.value = i.from_address
    )
    or exists (
      select from contact_refs r
      where r.client_id = i.client_id and r.provider = i.provider and r.ref = i.payload #>> '{clues,contact_ref}'
    )
    or exists (
      select from touches t join contacts c on c.id = t.contact_id and c.erased_at is null
      where t.client_id = i.client_id and t.id = (i.payload #>> '{clues,reference}')::uuid
    )
    or exists (
      select from jsonb_array_elements_text(i.payload #> '{clues,answers}') as answer (id)
      join touches t on t.provider_id = answer.id
      join contacts c on c.id = t.contact_id and c.erased_at is null
      join provider_accounts p on p.id = t.account_id
      where p.client_id = i.client_id and p.provider = i.provider
    )
  )
order by i.at, i.id
limit %(at_most)s;

-- queued_events --
-- What came in at the environment's account and may have found its client meanwhile.
select null::uuid as row_id, null::uuid as client_id, e.account_id, e.event_key, e.provider, e.payload
from inbox_events e
where e.kind = 'inbound' and e.client_id is null and e.received_at > %(since)s and e.payload ? 'clues'
  and exists (
    select from provider_accounts p
    where p.provider = e.provider and p.from_environment
      and (
        exists (
          select from addresses a join contact_addresses ca on ca.address_id = a.id
          where a.client_id = p.client_id and a.value = e.payload ->> 'from'
        )
        or exists (
          select from contact_refs r
          where r.client_id = p.client_id and r.provider = e.provider and r.ref = e.payload #>> '{clues,contact_ref}'
        )
        or exists (
          select from touches t join contacts c on c.id = t.contact_id and c.erased_at is null
          where t.account_id = p.id and t.id = (e.payload #>> '{clues,reference}')::uuid
        )
        or exists (
          select from jsonb_array_elements_text(e.payload #> '{clues,answers}') as answer (id)
          join touches t on t.account_id = p.id and t.provider_id = answer.id
          join contacts c on c.id = t.contact_id and c.erased_at is null
        )
      )
  )
order by e.received_at, e.event_key
limit %(at_most)s;

-- attach_inbound --
-- What waited has found its person.
update inbound
set contact_id = %(contact_id)s, reply_to_touch_id = coalesce(reply_to_touch_id, %(reply_to_touch_id)s)
where id = %(id)s and contact_id is null;

-- drop_event --
-- It stands in `inbound` now, under its client.
delete from inbox_events where account_id = %(account_id)s and event_key = %(event_key)s;

-- found_orphans --
-- Facts that came before their touch was known, now that it is; those it holds already are left out. A touch of the
-- same account only: of the client whose hook it was, or of those who share the environment's. Which of theirs has the
-- provider's id is meant, whatever the fact names. So many at a time, after the last one seen.
select e.received_at, e.account_id, e.event_key, t.id as touch_id, t.state, t.provider_id, e.payload
from inbox_events e
join provider_accounts p on p.provider = e.provider
  and (p.client_id = e.client_id or (e.client_id is null and p.from_environment))
join touches t on t.account_id = p.id
  and (t.provider_id = e.payload ->> 'provider_id'
       or (t.provider_id is null
           and t.id = case when e.payload ->> 'reference' ~ '^[0-9a-f-]{36}$' then (e.payload ->> 'reference')::uuid end
           and not exists (
             select from provider_accounts own
             join touches o on o.account_id = own.id and o.provider_id = e.payload ->> 'provider_id'
             where own.provider = e.provider and (own.client_id = e.client_id or (e.client_id is null and own.from_environment))
           )))
where e.kind = 'unknown_touch' and e.received_at > %(since)s and e.payload ? 'evidence_id'
  and (%(after_at)s::timestamptz is null or (e.received_at, e.account_id, e.event_key, t.id)
    > (%(after_at)s, %(after_account)s::uuid, %(after_key)s::text, %(after_touch)s::uuid))
  and (
    (not t.evidence @> jsonb_build_array(jsonb_build_object('id', e.payload ->> 'evidence_id'))
     and (e.payload ->> 'state' is not null or t.state in ('sending', 'unknown', 'not_sent', 'review')))
    -- a click proves nothing new of its touch, and is written down apart
    or (jsonb_typeof(e.payload -> 'click') = 'object' and not exists (
      select from click_events c where c.client_id = t.client_id and c.event = e.payload ->> 'evidence_id'))
  )
order by e.received_at, e.account_id, e.event_key, t.id
limit %(at_most)s;

-- release_inbound --
-- A person has seen it: it holds nothing any more. What came from one of the contact's addresses counts as theirs,
-- as it does when a step is about to leave.
update inbound i set released_at = %(now)s, released_by = %(by)s
where i.client_id = %(client_id)s and i.released_at is null
  and (i.contact_id = %(contact_id)s
       or i.from_address in (
         select a.value from contact_addresses ca join addresses a on a.id = ca.address_id
         where ca.contact_id = %(contact_id)s));

-- held_by_reply --
-- Enrollments of a contact that wait because of what they wrote, or will when their pause ends.
select e.id from sequence_enrollments e
where e.client_id = %(client_id)s and e.contact_id = %(contact_id)s and e.status in ('held', 'paused')
  and e.status_reason in ('reply_waiting', 'replied')
order by e.id;

-- list_inbound --
-- What came in, newest first; without a client also what no client could be found for.
select one.* from (
  select i.at, c.slug as client, i.channel, i.kind, i.from_address as sender, i.to_address as recipient, i.subject, i.body,
    i.contact_id as contact, i.reply_to_touch_id as reply_to, i.opted_out, i.released_at, i.released_by, i.id
  from inbound i
  join clients c on c.id = i.client_id
  where %(client_id)s::uuid is null or i.client_id = %(client_id)s::uuid
  union all
  select e.received_at, null, e.payload ->> 'channel', e.payload ->> 'kind', e.payload ->> 'from', e.payload ->> 'to',
    e.payload ->> 'subject', e.payload ->> 'text', null, null, (e.payload ->> 'opted_out')::boolean, null, null, null
  from inbox_events e
  where %(client_id)s::uuid is null and e.kind = 'inbound' and e.client_id is null and e.payload ? 'clues'
) one
where not %(unmatched)s or one.contact is null
order by one.at desc, one.id desc nulls last
limit %(at_most)s;

-- answer_history --
-- What decides whether code answers a message: why its sender is closed at the client, and whether help was answered
-- (or is about to be) a short while ago. Read under the person's locks.
select (
    select a.suppressed_reason from addresses a
    where a.client_id = %(client_id)s and a.kind = 'phone' and a.value = %(value)s
  ) as closed_for,
  exists (
    select from inbound i
    where i.client_id = %(client_id)s and i.from_address = %(value)s and i.at > %(since)s and i.answer = 'help'
  ) as helped;

-- answers_due --
-- What code still has to answer, oldest first: nothing of it is on its way, was taken or was refused for good.
select i.id, i.client_id, i.contact_id, i.from_address, i.to_address, i.body, i.at, i.answer, tried.attempts
from inbound i
join contacts c on c.id = i.contact_id and c.erased_at is null
cross join lateral (
  select count(*)::int as attempts, coalesce(bool_and(t.state = 'not_sent'), true) as may_go
  from touches t
  where t.origin = i.answer and t.origin_id = i.id and t.part = 0
) tried
where i.answer in ('confirmation', 'help') and i.at > %(since)s and tried.may_go
order by i.at, i.id
limit %(at_most)s;

-- lock_answer --
-- Whether one message still wants its answer, read after the locks on the person; the row stays locked. Attempts made
-- so far, and why its sender is closed now.
select tried.attempts, (
    select a.suppressed_reason from addresses a
    where a.client_id = i.client_id and a.kind = 'phone' and a.value = i.from_address
  ) as closed_for
from inbound i
join contacts c on c.id = i.contact_id and c.erased_at is null
cross join lateral (
  select count(*)::int as attempts, coalesce(bool_and(t.state = 'not_sent'), true) as may_go
  from touches t
  where t.origin = i.answer and t.origin_id = i.id and t.part = 0
) tried
where i.id = %(id)s and i.answer in ('confirmation', 'help') and tried.may_go
for no key update of i skip locked;

-- give_up_answer --
-- It is too late for an answer, and none is on its way: lock_answer does not see what was armed while it waited.
update inbound i set answer = 'too_late'
where i.id = %(id)s and i.answer in ('confirmation', 'help')
  and not exists (
    select from touches t where t.origin = i.answer and t.origin_id = i.id and t.part = 0 and t.state <> 'not_sent');

-- leave_to_provider --
-- The provider has confirmed a later opt-out from this number itself: what we still owed is owed no more. What is armed
-- already stays.
update inbound i set answer = null
where i.client_id = %(client_id)s and i.from_address = %(value)s and i.at > %(since)s and i.answer = 'confirmation'
  and not exists (select from touches t where t.origin = 'confirmation' and t.origin_id = i.id);
