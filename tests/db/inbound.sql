-- inbound --
-- What came in.
select * from inbound order by client_id, at, id;

-- kept_events --
-- What was kept without a row of its own.
select * from inbox_events order by received_at, event_key;

-- contacts --
-- People with their addresses and what they agreed to.
select c.id, c.client_id, c.first_name, c.last_name, c.time_zone, c.fields, r.ref,
  array(select a.value from contact_addresses ca join addresses a on a.id = ca.address_id
        where ca.contact_id = c.id order by a.kind desc) as addresses,
  array(select k.channel || ':' || k.source || ':' || k.wording from consents k
        where k.contact_id = c.id order by k.channel) as consents
from contacts c
left join contact_refs r on r.contact_id = c.id
order by c.created_at, c.id;

-- enrollments --
-- Who runs where.
select e.contact_id, s.slug, e.status, e.status_reason from sequence_enrollments e
join sequences s on s.id = e.sequence_id
order by s.slug, e.enrolled_at, e.id;

-- closed --
-- Closed addresses and their clients.
select client_id, value, suppressed_reason from addresses where suppressed_at is not null order by client_id, value;

-- finish_all --
-- Every enrollment has come to its end.
update sequence_enrollments set status = 'finished', due_at = null;

-- closed_people --
-- People who want to hear nothing at all.
select id, suppressed_reason from contacts where suppressed_at is not null order by id;

-- inbound_as_written --
-- What came in, and which transaction wrote each row.
select i.*, i.xmin::text as written_by from inbound i order by i.at, i.id;

-- history_of_everybody --
-- The timeline of every client.
select direction from contact_interactions where client_id in (select id from clients) order by at;

-- calls_of_everybody --
-- Every call there was.
select direction from contact_calls where client_id in (select id from clients) order by at;
