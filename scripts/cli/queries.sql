-- find_history --
-- Whether this database was ever migrated.
select to_regclass('supabase_migrations.schema_migrations') is not null as is_there;

-- list_applied --
-- The migrations that this database has.
select version from supabase_migrations.schema_migrations;

-- find_person --
-- A person of the local issuer by the lower-case e-mail address.
select id from auth.users where email = %(email)s;

-- list_namesakes --
-- Who answers to an id, a reference, a phone or an e-mail, spelled in one of these ways, at one of these clients.
select c.id, k.slug as client, c.external_ref, nullif(concat_ws(' ', c.first_name, c.last_name), '') as name
from contacts c
join clients k on k.id = c.client_id
where c.client_id = any(%(clients)s)
  and (c.id::text = any(%(spellings)s) or c.external_ref = any(%(spellings)s) or exists (
    select from contact_addresses ca join addresses a on a.id = ca.address_id
    where ca.contact_id = c.id and a.value = any(%(spellings)s)))
order by k.slug, name, c.id
limit %(most)s;
