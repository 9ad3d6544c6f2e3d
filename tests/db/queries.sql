-- settings --
select current_setting('listen_addresses') as listen, current_setting('unix_socket_directories') as sockets,
    current_setting('server_encoding') as encoding, current_setting('timezone') as timezone;

-- who_am_i --
select current_user::text as me, rolsuper, rolcreaterole, rolbypassrls, pg_has_role('anon', 'member') as is_anon,
    (select pg_get_userbyid(datdba) from pg_database where datname = current_database()) as owner
from pg_roles where rolname = current_user;

-- api_roles --
select rolname::text, rolcanlogin, rolinherit, rolbypassrls, rolsuper
from pg_roles where rolname in ('anon', 'authenticated', 'service_role', 'authenticator') order by rolname;

-- memberships --
select member::regrole::text || ' in ' || roleid::regrole::text as line
from pg_auth_members where member::regrole::text in ('authenticator', 'omnify_owner') and not roleid::regrole::text like 'omnify%'
order by line;

-- may --
select has_table_privilege(%(role)s, 'public.probe', 'select, insert, update, delete') as use_table,
    has_sequence_privilege(%(role)s, 'public.probe_id_seq', 'usage') as use_sequence,
    has_function_privilege(%(role)s, 'public.probe_it()', 'execute') as run_function;

-- make_probe_table --
create table public.probe (id serial);

-- make_probe_function --
create function public.probe_it() returns int language sql return 1;

-- revoke_defaults --
alter default privileges in schema public revoke all on tables from anon, authenticated;

-- claims --
select auth.uid()::text as uid, auth.role() as role, auth.email() as email, auth.jwt() as jwt;

-- set_setting --
select set_config(%(name)s, %(value)s, true);

-- make_supabase_admin --
create role supabase_admin;

-- drop_supabase_admin --
drop role supabase_admin;

-- schemas --
select nspname::text as name from pg_namespace where nspname in ('auth', 'extensions', 'supabase_migrations') order by nspname;

-- ledger --
select version, name, statements from supabase_migrations.schema_migrations order by version;

-- forget_name --
update supabase_migrations.schema_migrations set name = null, statements = null;

-- tables --
select tablename::text as name from pg_tables where schemaname = 'public' order by tablename;

-- seen --
select value from public.seen;

-- lock_migrations --
select pg_advisory_xact_lock(hashtextextended('omnify:migrate', 0));

-- count_waiting --
select count(*) as waiting from pg_locks
where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database());

-- make_note --
create table public.note (id int);

-- add_note --
insert into public.note values (7);

-- read_note --
select id from public.note;

-- close_database --
alter database omnify allow_connections false;

-- create_encoded --
-- As a server has it that was made without a thought of encodings.
create database {database} template template0 encoding {encoding} locale 'C' locale_provider libc;

-- drop_encoded --
drop database if exists {database} with (force);

-- count_schemas --
-- All but PostgreSQL's own.
select count(*)::int as schemas from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema';
