-- lock_for_erasure --
-- The person, so that nobody can add a row about them meanwhile.
select c.id, c.erased_at, c.suppressed_at, c.suppressed_reason
from contacts c
where c.client_id = %(client_id)s and c.id = %(contact_id)s
for update;

-- lock_own_addresses --
-- Every address that is or was a person's: theirs now, told of them, agreed to, written to for them, or one they wrote
-- from.
select a.id, a.kind, a.value, a.suppressed_at, a.suppressed_reason
from addresses a
where a.client_id = %(client_id)s
  and (a.id in (select ca.address_id from contact_addresses ca where ca.contact_id = %(contact_id)s)
       or a.id in (select told.address_id from told_addresses told where told.contact_id = %(contact_id)s)
       or a.value in (select k.address from consents k where k.contact_id = %(contact_id)s)
       or a.value in (select t.to_address from touches t where t.contact_id = %(contact_id)s)
       or a.value in (select i.from_address from inbound i where i.contact_id = %(contact_id)s))
order by a.id
for update of a;

-- shared_addresses --
-- Those of these addresses that reach somebody else too.
select distinct ca.address_id
from contact_addresses ca
where ca.address_id = any(%(ids)s::uuid[]) and ca.contact_id <> %(contact_id)s;

-- erase_refs --
-- The person's ids at the providers.
delete from contact_refs r where r.client_id = %(client_id)s and r.contact_id = %(contact_id)s returning r.ref;

-- erase_reopenings --
-- What closed addresses were opened again by; it names the consent and the address.
delete from reopenings r
where r.client_id = %(client_id)s
  and (r.address_id = any(%(address_ids)s::uuid[])
       or r.consent_id in (select k.id from consents k where k.contact_id = %(contact_id)s));

-- erase_told --
-- What was told of them, also of an address that somebody else keeps.
delete from told_addresses t where t.client_id = %(client_id)s and t.contact_id = %(contact_id)s;

-- erase_links --
-- Whose addresses they were.
delete from contact_addresses ca where ca.client_id = %(client_id)s and ca.contact_id = %(contact_id)s;

-- erase_addresses --
-- Addresses that nobody uses any more.
delete from addresses a where a.client_id = %(client_id)s and a.id = any(%(ids)s::uuid[]);

-- erase_contact --
-- A row without a name is left, so that the ledger still adds up.
update contacts c
set external_ref = null, first_name = null, last_name = null, time_zone = null, fields = '{}'::jsonb, import_id = null,
  erased_at = %(now)s
where c.client_id = %(client_id)s and c.id = %(contact_id)s and c.erased_at is null;
