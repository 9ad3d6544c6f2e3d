-- Why: the database keeps the plans of these statements (utils/kept.py). Written by scripts.database.keep_statements.
-- Lock risk: none; functions only.
-- Undo: take the marks `Kept as` out of the queries.sql, then drop the functions.
set lock_timeout = '5s';

create function house.lock_contacts_b382f09e(ids_ uuid[])
returns table ("id" uuid, "client_id" uuid, "first_name" text, "last_name" text, "time_zone" text, "fields" jsonb, "suppressed" boolean, "client_name" text, "postal_address" text, "help_contact" text) language plpgsql
  set search_path = public, pg_temp
  set plan_cache_mode = force_generic_plan
  set enable_hashjoin = off
  set enable_mergejoin = off
  set enable_seqscan = off
  set join_collapse_limit = 1
  set jit = off
as $kept$
#variable_conflict use_column
begin return query
select c.id, c.client_id, c.first_name, c.last_name, c.time_zone, c.fields, c.suppressed_at is not null as suppressed,
  cl.name as client_name, cl.postal_address, cl.help_contact
from contacts c
join clients cl on cl.id = c.client_id
where c.id = any($1::uuid[])
order by c.id
for no key update of c skip locked;
end
$kept$;
revoke all on function house.lock_contacts_b382f09e from public, anon, authenticated;

create function house.lock_addresses_8fdc0f29(contact_ids_ uuid[])
returns table ("id" uuid, "client_id" uuid, "contact_id" uuid, "kind" text, "value" text) language plpgsql
  set search_path = public, pg_temp
  set plan_cache_mode = force_generic_plan
  set enable_hashjoin = off
  set enable_mergejoin = off
  set enable_seqscan = off
  set join_collapse_limit = 1
  set jit = off
as $kept$
#variable_conflict use_column
begin return query
select a.id, a.client_id, ca.contact_id, a.kind, a.value
from addresses a
join contact_addresses ca on ca.address_id = a.id
where ca.contact_id = any($1::uuid[])
order by a.id
for no key update of a skip locked;
end
$kept$;
revoke all on function house.lock_addresses_8fdc0f29 from public, anon, authenticated;
