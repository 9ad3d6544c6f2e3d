-- find_history --
-- Whether this database was ever migrated.
select to_regclass('supabase_migrations.schema_migrations') is not null as is_there;

-- list_applied --
-- The migrations that this database has.
select version from supabase_migrations.schema_migrations;

-- find_person --
-- A person of the local issuer by the lower-case e-mail address.
select id from auth.users where email = %(email)s;
