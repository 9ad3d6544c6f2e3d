-- count_touches --
-- Everything that was ever armed for this address, as this transaction sees it now.
select count(*) as n from touches where to_address = %(value)s;

-- touches_by_address --
-- The same at the end, for all.
select to_address, count(*) as n from touches group by to_address;

-- deadlocks --
-- How many this database has seen, committed to statistics or not.
select deadlocks as n from pg_stat_get_db_deadlocks((select oid from pg_database where datname = current_database())) as deadlocks;

-- plant_touch --
-- Touches of the last hours that were accepted, so that a day's cap is almost full.
insert into touches (id, client_id, account_id, origin, origin_id, part, attempt, enrollment_id, step, contact_id, channel,
  provider, to_address, body, body_hash, envelope, state, armed_at, look_at, confirm_by, changed_at, evidence, decision)
select v.id, %(client_id)s, %(account_id)s, 'reply', v.id, 0, 1, null, null, v.contact_id, 'sms', 'twilio', v.value, 'x',
  repeat('0', 64), '{}', 'sending', %(now)s, %(now)s, %(now)s, %(now)s, '[]', '{}'
from unnest(%(id)s::uuid[], %(contact_id)s::uuid[], %(value)s::text[]) as v (id, contact_id, value);

-- accept_all --
-- What is being sent was accepted.
update touches set state = 'accepted', provider_id = id::text where state = 'sending';

-- share_phone --
-- A second person at the same number.
insert into contact_addresses (client_id, contact_id, address_id, kind)
select a.client_id, v.contact_id, a.id, 'phone'
from unnest(%(contact_id)s::uuid[], %(value)s::text[]) as v (contact_id, value)
join addresses a on a.client_id = %(client_id)s and a.kind = 'phone' and a.value = v.value;

-- linger --
-- Stays a moment inside the transaction.
select pg_sleep(0.003);

-- spread_due --
-- One after the other is due, a second apart, so that each has a round of their own.
update sequence_enrollments e set due_at = v.due_at
from unnest(%(id)s::uuid[], %(due_at)s::timestamptz[]) as v (id, due_at)
where e.id = v.id;

-- phones_of_runs --
-- Whose enrollment it is, by their number.
select e.id, a.value as phone from sequence_enrollments e
join contact_addresses ca on ca.contact_id = e.contact_id and ca.kind = 'phone'
join addresses a on a.id = ca.address_id
where e.id = any(%(id)s::uuid[]);
