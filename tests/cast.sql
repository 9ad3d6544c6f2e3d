-- plant_contacts --
-- Many people at once.
insert into contacts (id, client_id, external_ref, first_name, time_zone, fields, created_at)
select v.id, %(client_id)s, v.ref, 'Ada', 'America/New_York', '{}', %(now)s
from unnest(%(id)s::uuid[], %(ref)s::text[]) as v (id, ref);

-- plant_addresses --
-- Their addresses of one kind.
insert into addresses (id, client_id, kind, value, created_at)
select v.id, %(client_id)s, %(kind)s, v.value, %(now)s
from unnest(%(id)s::uuid[], %(value)s::text[]) as v (id, value);

-- plant_links --
-- Whose address it is.
insert into contact_addresses (client_id, contact_id, address_id, kind)
select %(client_id)s, v.contact_id, v.address_id, %(kind)s
from unnest(%(contact_id)s::uuid[], %(address_id)s::uuid[]) as v (contact_id, address_id);

-- plant_consents --
-- All of them agreed to be texted.
insert into consents (id, client_id, contact_id, channel, event, wording, source, at)
select v.id, %(client_id)s, v.contact_id, 'sms', 'granted', 'yes', 'form', %(now)s
from unnest(%(id)s::uuid[], %(contact_id)s::uuid[]) as v (id, contact_id);

-- plant_call_consents --
-- And to be called.
insert into consents (id, client_id, contact_id, channel, event, wording, source, at)
select v.id, %(client_id)s, v.contact_id, 'voice', 'granted', 'yes', 'form', %(now)s
from unnest(%(id)s::uuid[], %(contact_id)s::uuid[]) as v (id, contact_id);

-- touches --
-- Every touch, in the order in which they were armed.
select * from touches order by armed_at, id;

-- enrollments --
-- Every enrollment.
select * from sequence_enrollments order by id;

-- addresses --
-- Every address.
select * from addresses order by kind, value;

-- logs --
-- What was written down for a person.
select * from system_logs order by at, id;

-- inbox --
-- What was kept.
select * from inbox_events order by received_at, event_key;

-- accounts --
-- Every provider account.
select * from provider_accounts order by created_at, id;

-- breakers --
-- Every number that rests or rested.
select b.*, b.xmin::text as written_by from sender_breakers b order by b.account_id, b.sender;

-- spoil_zone --
-- A zone that no check of ours would have let in: somebody edited the row by hand.
update contacts set time_zone = 'America';

-- spoil_step --
-- Every enrollment stands at a step that its version does not have.
update sequence_enrollments set step = 'gone';

-- contacts --
-- Every person.
select c.id, c.suppressed_at, c.suppressed_reason from contacts c order by c.created_at, c.id;
