-- insert_contact --
-- A new person.
insert into contacts (id, client_id, external_ref, first_name, last_name, time_zone, fields, created_at)
values (%(id)s, %(client_id)s, %(external_ref)s, %(first_name)s, %(last_name)s, %(time_zone)s, %(fields)s, %(now)s);

-- ensure_address --
-- One row for each (client, kind, value): a second contact with the same number shares its suppression and caps.
insert into addresses (id, client_id, kind, value, created_at)
values (%(id)s, %(client_id)s, %(kind)s, %(value)s, %(now)s)
on conflict (client_id, kind, value) do nothing;

-- link_address --
-- Ties a contact to an address that exists.
insert into contact_addresses (client_id, contact_id, address_id, kind)
select a.client_id, %(contact_id)s, a.id, a.kind
from addresses a
where a.client_id = %(client_id)s and a.kind = %(kind)s and a.value = %(value)s;

-- lock_contacts --
-- Second lock of an arming: contacts, in one order; whoever is locked elsewhere stays due.
-- Kept as house.lock_contacts_b382f09e.
select c.id, c.client_id, c.first_name, c.last_name, c.time_zone, c.fields, c.suppressed_at is not null as suppressed,
  cl.name as client_name, cl.postal_address, cl.help_contact
from contacts c
join clients cl on cl.id = c.client_id
where c.id = any(%(ids)b::uuid[])
order by c.id
for no key update of c skip locked;

-- lock_addresses --
-- Third lock of an arming: every address of the contacts, because an opt-out on one ends what is planned on all.
-- NO KEY UPDATE: under a shared lock two enrollments would pass one cap.
-- Kept as house.lock_addresses_8fdc0f29.
select a.id, a.client_id, ca.contact_id, a.kind, a.value
from addresses a
join contact_addresses ca on ca.address_id = a.id
where ca.contact_id = any(%(contact_ids)b::uuid[])
order by a.id
for no key update of a skip locked;

-- suppress_address --
-- Nothing leaves to this address any more; locks the row, so an arming either came before or sees it. Never before what
-- it ends: where the clock was set back, those who are reached by it may have been enrolled later than now.
insert into addresses (id, client_id, kind, value, suppressed_at, suppressed_reason, created_at)
values (%(id)s, %(client_id)s, %(kind)s, %(value)s, greatest(%(now)s::timestamptz, (
  select max(e.enrolled_at) from addresses a
  join contact_addresses ca on ca.address_id = a.id
  join sequence_enrollments e on e.contact_id = ca.contact_id and e.status in ('active', 'paused', 'held')
  where a.client_id = %(client_id)s and a.kind = %(kind)s and a.value = %(value)s
)), %(reason)s, %(now)s)
on conflict (client_id, kind, value) do update
set suppressed_at = excluded.suppressed_at, suppressed_reason = excluded.suppressed_reason
-- a person's own word counts each time it is said, and replaces what others said
where addresses.suppressed_at is null
  or (excluded.suppressed_reason in ('opted_out', 'provider_opt_out', 'complained')
      and (addresses.suppressed_reason not in ('opted_out', 'provider_opt_out', 'complained')
           or excluded.suppressed_at > addresses.suppressed_at))
  or (addresses.suppressed_reason in ('bounced', 'provider_suppressed')
      and excluded.suppressed_reason not in ('bounced', 'provider_suppressed'))
returning addresses.id;

-- count_addresses --
-- How many addresses a contact has.
select count(*) as addresses from contact_addresses where contact_id = %(contact_id)s;

-- list_contacts --
-- Contacts of a client with their addresses, oldest first.
select c.id, c.first_name, c.last_name, c.time_zone,
  max(a.value) filter (where a.kind = 'phone') as phone, max(a.value) filter (where a.kind = 'email') as email
from contacts c
left join contact_addresses ca on ca.contact_id = c.id
left join addresses a on a.id = ca.address_id
where c.client_id = %(client_id)s and c.erased_at is null
group by c.id
order by c.created_at, c.id;

-- find_contact --
-- One contact by id, external reference, phone or e-mail.
select c.id
from contacts c
where c.client_id = %(client_id)s
  and (c.id::text = %(who)s or c.external_ref = %(who)s or exists (
    select from contact_addresses ca join addresses a on a.id = ca.address_id
    where ca.contact_id = c.id and a.value = %(who)s))
order by c.id
limit 2;

-- clients_of_address --
-- Clients at which this provider account may hear from an address.
select a.client_id
from addresses a
where a.kind = %(kind)s and a.value = %(value)s and a.client_id = any(%(client_ids)s::uuid[]);

-- load_people --
-- Contacts with their addresses and their id at one provider, if it is known.
select c.id, r.ref, max(a.value) filter (where a.kind = 'phone') as phone, max(a.value) filter (where a.kind = 'email') as email
from contacts c
left join contact_refs r on r.contact_id = c.id and r.provider = %(provider)s
left join contact_addresses ca on ca.contact_id = c.id
left join addresses a on a.id = ca.address_id
where c.id = any(%(ids)s::uuid[])
group by c.id, r.ref
order by c.id;

-- note_ref --
-- The person's id at a provider, once; one that is noted for this person or taken by another stays as it is.
insert into contact_refs (client_id, contact_id, provider, ref, noted_at)
select c.client_id, c.id, %(provider)s, %(ref)s, %(now)s
from contacts c
where c.client_id = %(client_id)s and c.id = %(contact_id)s and c.erased_at is null
on conflict do nothing;

-- await_contacts --
-- First lock of what a person's own act changes; waits, in the order in which everybody locks.
select c.id from contacts c where c.id = any(%(ids)s::uuid[]) order by c.id for no key update of c;

-- await_addresses --
-- Second lock: every address of these contacts, and some that may be theirs alone by sender; waits, in order.
select a.id from addresses a
where a.id in (
  select ca.address_id from contact_addresses ca where ca.contact_id = any(%(contact_ids)s::uuid[])
  union
  select b.id from unnest(%(client_ids)s::uuid[], %(kinds)s::text[], %(values)s::text[]) as v (client_id, kind, value)
  join addresses b on b.client_id = v.client_id and b.kind = v.kind and b.value = v.value
)
order by a.id
for no key update of a;

-- lock_ref --
-- Two posts about one person at a provider take turns, so that the person is added once.
select pg_advisory_xact_lock(hashtextextended(%(key)s, 11));

-- find_ref --
-- The contact that has this id at a provider.
select contact_id from contact_refs where client_id = %(client_id)s and provider = %(provider)s and ref = %(ref)s;

-- find_lookalike --
-- The contact that is most likely the same person: more addresses alike, then the same first name, then the older one.
-- One that is somebody else at this provider is another person, unless the name is the same too.
select ca.contact_id
from contact_addresses ca
join addresses a on a.id = ca.address_id
join contacts c on c.id = ca.contact_id
left join contact_refs r on r.contact_id = c.id and r.provider = %(provider)s
where a.client_id = %(client_id)s
  and ((a.kind = 'phone' and a.value = %(phone)s) or (a.kind = 'email' and a.value = %(email)s))
  and (r.ref is null or lower(c.first_name) = lower(%(first_name)s))
group by ca.contact_id, c.id
order by count(*) desc, lower(c.first_name) = lower(%(first_name)s) desc nulls last, c.created_at, c.id
limit 1;

-- move_ref --
-- The provider knows the person by another id now. One that is another contact's stays theirs.
update contact_refs r set ref = %(ref)s, noted_at = %(now)s
where r.contact_id = %(contact_id)s and r.provider = %(provider)s and r.ref <> %(ref)s
  and not exists (
    select 1 from contact_refs o where o.client_id = r.client_id and o.provider = r.provider and o.ref = %(ref)s
  );

-- update_contact --
-- What is told of a person; nothing is never written over something, and the same again writes nothing.
update contacts c
set first_name = coalesce(%(first_name)s, c.first_name), last_name = coalesce(%(last_name)s, c.last_name),
  time_zone = coalesce(%(time_zone)s, c.time_zone), fields = c.fields || %(fields)s
where c.client_id = %(client_id)s and c.id = %(id)s and c.erased_at is null
  and (coalesce(%(first_name)s, c.first_name), coalesce(%(last_name)s, c.last_name),
       coalesce(%(time_zone)s, c.time_zone), c.fields || %(fields)s)
    is distinct from (c.first_name, c.last_name, c.time_zone, c.fields);

-- relink_address --
-- The contact's address of a kind from now on. One that was closed by the person's own word stays where it is: a new
-- number does not undo it. The one that is not theirs after that is noted, for an erasure has to find it.
with told as (
  select a.client_id, a.id, a.kind
  from addresses a
  where a.client_id = %(client_id)s and a.kind = %(kind)s and a.value = %(value)s
), noted as (
  insert into told_addresses (client_id, contact_id, address_id)
  select ca.client_id, ca.contact_id, both_of_them.id
  from contact_addresses ca
  join told on told.kind = ca.kind and told.id <> ca.address_id
  cross join lateral (values (ca.address_id), (told.id)) as both_of_them (id)
  where ca.contact_id = %(contact_id)s
  on conflict do nothing
)
insert into contact_addresses (client_id, contact_id, address_id, kind)
select told.client_id, %(contact_id)s, told.id, told.kind
from told
on conflict (contact_id, kind) do update
set address_id = excluded.address_id
where contact_addresses.address_id <> excluded.address_id
  and not exists (
    select from addresses old
    where old.id = contact_addresses.address_id
      and old.suppressed_reason in ('opted_out', 'provider_opt_out', 'complained'));

-- sequences_run_by --
-- The sequences that a contact runs in or ever ran in.
select distinct sequence_id from sequence_enrollments where contact_id = %(contact_id)s;

-- suppress_contact --
-- A person who wants nothing more from this client, by whatever way: addresses that are learned later are closed too.
update contacts set suppressed_at = %(now)s, suppressed_reason = %(reason)s
where client_id = %(client_id)s and id = %(contact_id)s and suppressed_at is null;

-- said_stop_at --
-- Whether the person behind an address has asked us to stop, in their own words or their provider's.
select a.suppressed_at from addresses a
where a.client_id = %(client_id)s and a.kind = %(kind)s and a.value = %(value)s
  and a.suppressed_reason in ('opted_out', 'provider_opt_out', 'complained');

-- load_mailbox --
-- The e-mail address behind an unsubscribe link: whose, at which client, and whether it is closed already.
select a.value, a.suppressed_reason, cl.name as client_name,
  array(select ca.contact_id from contact_addresses ca where ca.address_id = a.id order by ca.contact_id) as contacts,
  (
    select c.fields ->> 'language' from contact_addresses ca join contacts c on c.id = ca.contact_id
    where ca.address_id = a.id and c.fields ->> 'language' is not null order by c.created_at, c.id limit 1
  ) as language
from addresses a
join clients cl on cl.id = a.client_id
where a.client_id = %(client_id)s and a.id = %(address_id)s and a.kind = 'email';

-- closed_address --
-- An address that is closed: its id, since when, why. Locked, for what follows depends on it.
select a.id, a.suppressed_at, a.suppressed_reason from addresses a
where a.client_id = %(client_id)s and a.kind = %(kind)s and a.value = %(value)s and a.suppressed_at is not null
for no key update of a;

-- consent_since_closing --
-- The newest agreement that came after an address was closed, for it or for whatever the contact has; none when the
-- last word on its channel since then took it back, or it has run out.
select k.id
from addresses a
join consents k on k.client_id = a.client_id and k.contact_id = %(contact_id)s and k.at > a.suppressed_at
where a.client_id = %(client_id)s and a.kind = %(kind)s and a.value = %(value)s
  and k.channel = any(%(channels)s::text[]) and k.event = 'granted' and k.kind in ('express', 'written')
  and (k.address is null or k.address = a.value) and (k.expires_at is null or k.expires_at > %(now)s)
  and not exists (
    select from consents w
    where w.contact_id = k.contact_id and w.channel = k.channel and w.event = 'withdrawn' and w.at >= k.at)
order by k.at desc, k.id desc
limit 1;

-- has_agreed_since --
-- Whether an address was opened again by an agreement, both later than this instant.
select exists (
  select from addresses a
  join reopenings o on o.address_id = a.id
  join consents k on k.id = o.consent_id
  where a.client_id = %(client_id)s and a.kind = %(kind)s and a.value = %(value)s
    and least(k.at, o.reopened_at) > %(at)s) as yes;

-- note_reopening --
-- What a closed address was closed for, and which agreement opened it again.
insert into reopenings (client_id, address_id, consent_id, closed_at, closed_reason, reopened_at, reopened_by)
select a.client_id, a.id, %(consent_id)s, a.suppressed_at, a.suppressed_reason, %(now)s, %(by)s
from addresses a
where a.id = %(address_id)s and a.suppressed_at is not null;

-- open_address --
-- It may be reached again.
update addresses set suppressed_at = null, suppressed_reason = null where id = %(address_id)s and suppressed_at is not null;

-- open_contacts --
-- Who was closed as a person by the very word that closed this address is open as a person too; their other addresses
-- stay as they are.
update contacts c set suppressed_at = null, suppressed_reason = null
where c.client_id = %(client_id)s and c.suppressed_at = %(closed_at)s
  and exists (
    select from contact_addresses ca where ca.contact_id = c.id and ca.address_id = %(address_id)s);

-- is_erased --
-- Whether a person was erased, perhaps while their lock was waited for.
select true as yes from contacts c where c.client_id = %(client_id)s and c.id = %(contact_id)s and c.erased_at is not null;
