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
insert into consents (id, client_id, contact_id, channel, event, wording, source, at, kind, seller, wording_hash,
  covers_ai_voice)
select v.id, %(client_id)s, v.contact_id, 'sms', 'granted', 'yes', 'form', %(now)s, 'written', 'Acme', repeat('0', 64),
  false
from unnest(%(id)s::uuid[], %(contact_id)s::uuid[]) as v (id, contact_id);

-- plant_call_consents --
-- And to be called.
insert into consents (id, client_id, contact_id, channel, event, wording, source, at, kind, seller, wording_hash,
  covers_ai_voice)
select v.id, %(client_id)s, v.contact_id, 'voice', 'granted', 'yes', 'form', %(now)s, 'written', 'Acme', repeat('0', 64),
  true
from unnest(%(id)s::uuid[], %(contact_id)s::uuid[]) as v (id, contact_id);

-- plant_permits --
-- What a client must have before it may write: a postal address, and its sender registered with the carriers.
with told as (
  update clients set postal_address = '1 Main Street, Albany NY 12207', help_contact = 'help@acme.example'
  where id = %(client_id)s
  returning id
)
insert into sender_registrations (client_id, account_id, campaign, status, registered_by, changed_at)
select p.client_id, p.id, 'CM1', 'approved', 'cast', %(now)s
from provider_accounts p join told on told.id = p.client_id
where p.channel = 'sms';

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

-- drop_permits --
-- A client that has neither a postal address nor a campaign.
with told as (
  update clients set postal_address = null where id = %(client_id)s returning id
)
delete from sender_registrations r using told where r.client_id = told.id;

-- forget_consents --
-- Nothing was agreed to.
delete from consents where contact_id = %(contact_id)s;

-- share_phone --
-- Somebody has the number of somebody else from now on.
update contact_addresses k set address_id = a.id
from addresses a
where k.contact_id = %(contact_id)s and k.kind = 'phone' and a.client_id = k.client_id and a.value = %(phone)s;

-- milestones --
-- What is written down of everybody, in its order.
select name, at, source, ref from milestones order by noted_at, id;

-- clicks --
-- Every link that was followed, and which row of the table that is.
select c.*, c.xmin::text as written_by from click_events c order by c.at, c.id;

-- appointments --
-- What calendars tell.
select a.*, a.xmin::text as written_by from appointments a order by a.ref;
