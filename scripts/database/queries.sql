-- look_around --
-- Whose server is this, what may we do on it, and is what Supabase provides already here?
select
    exists (select from pg_roles where rolname = 'supabase_admin') as is_supabase,
    (select rolsuper from pg_roles where rolname = current_user) as is_superuser,
    current_user::text as me,
    exists (select from pg_proc where proname = 'uid' and pronamespace = to_regnamespace('auth'))
        and (select count(*) = 4 from pg_roles where rolname in ('anon', 'authenticated', 'service_role', 'authenticator'))
        as is_ready;

-- lock_preparation --
-- Two starts at once: the second waits for the first. Released by the transaction's end (pooler-safe).
select pg_advisory_xact_lock(hashtextextended('omnify:bootstrap', 0));

-- find_role --
select from pg_roles where rolname = %(name)s;

-- create_owner --
-- The rights of Supabase's `postgres` role: everything but superuser.
create role {owner} nosuperuser createdb createrole bypassrls login;

-- set_password --
alter role {owner} with login password {password};

-- set_search_path --
-- Supabase's `postgres` role finds extensions without their schema.
alter role {owner} set search_path = "$user", public, extensions;

-- find_database --
select from pg_database where datname = %(name)s;

-- create_database --
create database {database} owner {owner};

-- data_directory --
-- Is the server behind this port really ours?
select current_setting('data_directory') as path;

-- find_ledger --
select to_regclass('supabase_migrations.schema_migrations') is not null as exists;

-- create_ledger_schema --
create schema if not exists supabase_migrations;

-- create_ledger --
-- The table of the Supabase CLI, column by column.
create table if not exists supabase_migrations.schema_migrations (
    version text not null primary key,
    statements text[],
    name text
);

-- list_applied --
select version, name from supabase_migrations.schema_migrations order by version;

-- limit_lock_wait --
-- For the lock below and for every lock of a migration that sets no limit of its own.
select set_config('lock_timeout', '60s', true);

-- lock_migrations --
-- One migration at a time on this database; released by the transaction's end (pooler-safe).
select pg_advisory_xact_lock(hashtextextended('omnify:migrate', 0));

-- find_applied --
select from supabase_migrations.schema_migrations where version = %(version)s;

-- record_applied --
insert into supabase_migrations.schema_migrations (version, name, statements)
values (%(version)s, %(name)s, array[%(text)s]);

-- forget_settings --
-- A migration's `set` without `local` must not reach the next one, nor the pooler's next client.
reset all;
