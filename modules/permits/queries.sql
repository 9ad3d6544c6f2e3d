-- put_registration --
-- What the carriers say of a sender's campaign; the same again writes nothing.
insert into sender_registrations as r (client_id, account_id, campaign, status, registered_by, changed_at)
values (%(client_id)s, %(account_id)s, %(campaign)s, %(status)s, %(by)s, %(now)s)
on conflict (account_id) do update
set campaign = excluded.campaign, status = excluded.status, registered_by = excluded.registered_by,
  changed_at = excluded.changed_at
where (r.campaign, r.status) is distinct from (excluded.campaign, excluded.status);

-- list_registrations --
-- Every sender of a client, retired ones too, with its registration if it has one.
select p.id as account_id, p.provider, p.channel, p.retired_at, r.campaign, r.status, r.registered_by, r.changed_at
from provider_accounts p
left join sender_registrations r on r.account_id = p.id
where p.client_id = %(client_id)s
order by p.channel, p.created_at, p.id;

-- put_clearance --
-- A client may write to people of a state; the same again writes nothing.
insert into state_clearances as s (client_id, state, reference, cleared_by, cleared_at, ends_at)
values (%(client_id)s, %(state)s, %(reference)s, %(by)s, %(now)s, %(ends_at)s)
on conflict (client_id, state) do update
set reference = excluded.reference, cleared_by = excluded.cleared_by, cleared_at = excluded.cleared_at,
  ends_at = excluded.ends_at
where (s.reference, s.ends_at) is distinct from (excluded.reference, excluded.ends_at);

-- list_clearances --
-- The states that a client may write to, ended ones too.
select state, reference, cleared_by, cleared_at, ends_at from state_clearances where client_id = %(client_id)s order by state;

-- insert_state_block --
-- Nobody in the state is called or texted in this time.
insert into state_blocks (id, state, from_at, until_at, reason, source, added_by, created_at)
values (%(id)s, %(state)s, %(from_at)s, %(until_at)s, %(reason)s, %(source)s, %(by)s, %(now)s);

-- end_state_blocks --
-- What holds in a state now ends now; what has not begun is as if it had never been added.
with ended as (
  update state_blocks set until_at = %(now)s
  where state = %(state)s and from_at < %(now)s and until_at > %(now)s returning id
), undone as (
  delete from state_blocks where state = %(state)s and from_at >= %(now)s returning id
)
select id from ended union all select id from undone;

-- list_state_blocks --
-- Blocks that hold or are to come; with `past`, those that are over too.
select id, state, from_at, until_at, reason, source, added_by from state_blocks
where %(past)s or until_at > %(now)s
order by state, from_at, id;

-- lock_dnc --
-- Two loads of one client take turns.
select pg_advisory_xact_lock(hashtextextended(%(client_id)s::text, 31));

-- forget_dnc_area --
-- The numbers of an area code, as far as a list named them.
delete from dnc_numbers
where client_id = %(client_id)s and phone >= %(first)s::bigint and phone < %(first)s::bigint + 10000000;

-- copy_dnc_numbers --
-- Numbers as a stream.
copy dnc_numbers (client_id, phone) from stdin;

-- measure_dnc_numbers --
-- Tells the planner of millions of rows that it has not seen; a plan that was kept before they came is made anew.
analyze dnc_numbers;

-- put_dnc_list --
-- Which list of an area code a client has now.
insert into dnc_lists (client_id, area_code, issued_on, numbers, loaded_at)
values (%(client_id)s, %(area_code)s, %(issued_on)s, %(numbers)s, %(now)s)
on conflict (client_id, area_code) do update
set issued_on = excluded.issued_on, numbers = excluded.numbers, loaded_at = excluded.loaded_at;

-- list_dnc_lists --
-- The lists that a client has loaded.
select area_code, issued_on, numbers, loaded_at from dnc_lists where client_id = %(client_id)s order by area_code;

-- numbers_to_check --
-- Of these people, whose number has to be asked about before a text or call: the newest proof that they have it (consent
-- for the channel, or something that came from the number later) is too old, and no answer about them is young enough.
-- Numbers that nothing will go to are not asked about, for each question costs money. The proof's day is the earliest
-- that it was anywhere. A `no` covers every later day, a `yes` every earlier one.
-- Kept as house.numbers_to_check_970935be.
select c.id as contact_id, a.id as address_id, a.value as phone, proof.day as consented_on
from contacts c
join clients cl on cl.id = c.client_id and cl.status = any(%(statuses)s::text[]) and cl.sending_stopped_at is null
join contact_addresses ca on ca.contact_id = c.id and ca.kind = 'phone'
join addresses a on a.id = ca.address_id and a.suppressed_at is null and a.value like '+1%%'
cross join lateral (
  select k.event, k.at, coalesce(k.expires_at > %(now)s::timestamptz, true) or exists (
      select from consents u
      where u.contact_id = c.id and u.channel = %(channel)s and u.event = 'granted'
        and (u.address is null or u.address = a.value) and (u.expires_at is null or u.expires_at > %(now)s::timestamptz)
        and not exists (
          select from consents w
          where w.contact_id = c.id and w.channel = u.channel and w.event = 'withdrawn' and w.at >= u.at)
    ) as holds
  from consents k
  where k.contact_id = c.id and k.channel = %(channel)s::text
    and (k.event = 'withdrawn' or k.address is null or k.address = a.value)
  order by k.at desc, k.event desc, k.id desc limit 1
) agreed
left join lateral (
  select i.at from inbound i where i.client_id = c.client_id and i.from_address = a.value and i.kind <> 'own_call'
  order by i.at desc limit 1
) heard on true
cross join lateral (
  select greatest(agreed.at, heard.at) as at, (greatest(agreed.at, heard.at) at time zone 'Etc/GMT+12')::date as day
) proof
where c.client_id = %(client_id)s::uuid and c.id = any(%(contact_ids)s::uuid[]) and c.suppressed_at is null
  and c.erased_at is null
  and agreed.event = 'granted' and agreed.holds
  and proof.at <= %(now)s::timestamptz - %(proof_holds_for)s::interval
  and not exists (
    select from number_checks n
    where n.address_id = a.id and n.kind = 'reassigned' and n.asked_at > %(now)s::timestamptz - %(check_holds_for)s::interval
      and case n.answer
        when 'no' then n.consented_on <= proof.day
        when 'yes' then n.consented_on >= proof.day
        else n.consented_on = proof.day
      end
  )
order by a.id, c.id;

-- record_checks --
-- What was said of numbers; the same number at the same instant stands once. An address that an erasure took away since
-- it was asked about is left out.
insert into number_checks (client_id, address_id, kind, answer, consented_on, source, asked_at)
select %(client_id)s, v.address_id, 'reassigned', v.answer, v.consented_on, v.source, %(now)s
from unnest(%(address_id)s::uuid[], %(answer)s::text[], %(consented_on)s::date[], %(source)s::text[])
  as v (address_id, answer, consented_on, source)
join addresses a on a.client_id = %(client_id)s and a.id = v.address_id
order by a.id
for key share of a
on conflict do nothing;

-- erase_checks --
-- Receipts for numbers that go.
delete from number_checks n where n.client_id = %(client_id)s and n.address_id = any(%(address_ids)s::uuid[]);
