-- await_known_contacts --
-- People who were known before and of whom the import says that they agreed: an erasure comes before this, or waits.
select count(*) as contacts
from (
  select c.id from contacts c
  where c.id in (
    select r.known_id from import_rows r
    where r.import_id = %(import_id)s and r.outcome = 'known' and r.channels <> '{}')
  order by c.id
  for key share of c
) locked;

-- add_imported_contacts --
-- The people of an import whom nobody knew.
insert into contacts (id, client_id, external_ref, first_name, last_name, time_zone, fields, created_at, import_id)
select r.contact_id, r.client_id, r.external_ref, r.first_name, r.last_name, r.time_zone, r.fields, %(now)s, r.import_id
from import_rows r
where r.import_id = %(import_id)s and r.outcome = 'new';

-- ensure_imported_addresses --
-- Their numbers and addresses, in one order for all; one that is there stays as it is, closed if it is closed.
insert into addresses (id, client_id, kind, value, created_at)
select v.id, r.client_id, v.kind, v.value, %(now)s
from import_rows r
cross join lateral (values ('phone', r.phone_id, r.phone), ('email', r.email_id, r.email)) as v (kind, id, value)
where r.import_id = %(import_id)s and r.outcome = 'new' and v.value is not null
order by v.kind, v.value
on conflict (client_id, kind, value) do nothing;

-- link_imported_addresses --
-- Ties them together.
insert into contact_addresses (client_id, contact_id, address_id, kind)
select r.client_id, r.contact_id, a.id, a.kind
from import_rows r
cross join lateral (values ('phone', r.phone), ('email', r.email)) as v (kind, value)
join addresses a on a.client_id = r.client_id and a.kind = v.kind and a.value = v.value
where r.import_id = %(import_id)s and r.outcome = 'new';

-- measure_contacts --
-- Tells the planner of thousands of rows that it has not seen: it would plan the next statement for a few.
analyze contacts, addresses, contact_addresses;

-- await_imported_contacts --
-- The people whom an import added, locked in the order in which everybody locks.
select count(*) as contacts
from (select c.id from contacts c where c.import_id = %(import_id)s order by c.id for update) locked;

-- await_imported_addresses --
-- Then their addresses, in order too.
select count(*) as addresses
from (
  select a.id from addresses a
  where a.id in (
    select ca.address_id from contact_addresses ca
    join contacts c on c.id = ca.contact_id and c.import_id = %(import_id)s)
  order by a.id
  for update
) locked;

-- close_imported_addresses --
-- Whoever is closed as a person leaves their addresses closed behind.
update addresses a
set suppressed_at = c.suppressed_at, suppressed_reason = c.suppressed_reason
from contact_addresses ca
join contacts c on c.id = ca.contact_id
where c.import_id = %(import_id)s and c.suppressed_at is not null and ca.address_id = a.id and a.suppressed_at is null;

-- drop_imported_refs --
-- Their ids at providers.
delete from contact_refs r using contacts c where c.import_id = %(import_id)s and r.contact_id = c.id;

-- drop_imported_addresses --
-- Their ties, and the addresses that nobody else has; one that is closed, held or proven stays.
with untied as (
  delete from contact_addresses ca using contacts c
  where c.import_id = %(import_id)s and ca.contact_id = c.id
  returning ca.address_id
)
delete from addresses a using untied u
where a.id = u.address_id and a.suppressed_at is null and a.held_until is null
  and not exists (
    select from contact_addresses o join contacts oc on oc.id = o.contact_id
    where o.address_id = a.id and oc.import_id is distinct from %(import_id)s)
  and not exists (select from number_checks n where n.address_id = a.id)
  and not exists (select from reopenings o where o.address_id = a.id);

-- drop_imported_contacts --
-- The people themselves.
delete from contacts c where c.import_id = %(import_id)s;
