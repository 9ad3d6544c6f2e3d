-- count_everything --
-- What is there of anybody.
select (select count(*) from contacts) as contacts, (select count(*) from addresses) as addresses,
  (select count(*) from contact_addresses) as links, (select count(*) from consents) as consents,
  (select count(*) from sequence_enrollments) as enrollments, (select count(*) from import_rows) as import_rows;

-- consents --
-- What people agreed to, by the reference or the name of the person.
select k.*, c.external_ref, c.first_name from consents k join contacts c on c.id = k.contact_id
order by c.external_ref, c.first_name, k.channel, k.at;

-- imports --
-- The imports, oldest first.
select i.* from imports i order by i.started_at, i.id;

-- people --
-- Who is there, with addresses and what is closed.
select c.external_ref, c.first_name, c.time_zone, c.fields, a.kind, a.value, a.suppressed_reason
from contacts c join contact_addresses ca on ca.contact_id = c.id join addresses a on a.id = ca.address_id
order by c.external_ref, c.first_name, a.kind;

-- closed --
-- Addresses that are closed.
select a.value from addresses a where a.suppressed_at is not null order by a.value;

-- withdraw --
-- A person takes an agreement back, whole and on this channel.
insert into consents (id, client_id, contact_id, channel, event, wording, source, at, seller, wording_hash)
select %(id)s, c.client_id, c.id, %(channel)s, 'withdrawn', 'no more', 'test', %(at)s, 'Bright Dental', repeat('a', 64)
from contacts c where c.external_ref = %(ref)s;

-- hold_client --
-- Takes the turn of another import.
select pg_advisory_xact_lock(hashtextextended('import/' || c.id, 12)) from clients c;

-- plant_logs --
-- A line of the system log for every enrollment, as a quarantine leaves it.
insert into system_logs (id, client_id, at, level, event, enrollment_id, detail)
select e.id, e.client_id, e.changed_at, 'alarm', 'enrollment_quarantined', e.id, '{"error": "KeyError"}'
from sequence_enrollments e;

-- logs --
-- What stands in the system log, and of which enrollment.
select s.event, s.enrollment_id from system_logs s;
