-- What Supabase provides and our migrations and policies rely on, for a plain PostgreSQL 15 to 18. Never run on Supabase.
-- Source: the init scripts and migrations of supabase/postgres (commit 7db7e1a, 2024-10-23) and of supabase/auth
-- (20220224000811: claims as one JSON). {owner} is the role that migrates, as `postgres` does on Supabase.
-- Runs twice without harm, and must never give back what a migration has taken away: hence the guard on the grants.

do $$
begin
    if not exists (select from pg_roles where rolname = 'anon') then
        create role anon nologin;
        alter role anon set statement_timeout = '3s';
    end if;
    if not exists (select from pg_roles where rolname = 'authenticated') then
        create role authenticated nologin;
        alter role authenticated set statement_timeout = '8s';
    end if;
    if not exists (select from pg_roles where rolname = 'service_role') then
        create role service_role nologin bypassrls;
    end if;
    if not exists (select from pg_roles where rolname = 'authenticator') then
        create role authenticator noinherit login;
        alter role authenticator set statement_timeout = '8s';
    end if;
end $$;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role, authenticator to {owner} with admin option;

do $$
begin
    -- auth.users marks a prepared database. After that our migrations have revoked these, and they stay revoked.
    if to_regclass('auth.users') is null then
        grant usage on schema public to anon, authenticated, service_role;
        alter default privileges for role {owner} in schema public
            grant all on tables to anon, authenticated, service_role;
        alter default privileges for role {owner} in schema public
            grant all on sequences to anon, authenticated, service_role;
        alter default privileges for role {owner} in schema public
            grant all on functions to anon, authenticated, service_role;
    end if;
end $$;

create schema if not exists extensions;
grant usage on schema extensions to anon, authenticated, service_role;
grant all on schema extensions to {owner};

create schema if not exists auth;
grant usage on schema auth to anon, authenticated, service_role, {owner};

create table if not exists auth.users (
    id uuid primary key,
    instance_id uuid,
    aud varchar(255),
    role varchar(255),
    email varchar(255) unique,
    encrypted_password varchar(255),
    email_confirmed_at timestamptz,
    last_sign_in_at timestamptz,
    raw_app_meta_data jsonb,
    raw_user_meta_data jsonb,
    created_at timestamptz,
    updated_at timestamptz
);
grant all on auth.users to {owner};

-- Who is calling: the older single settings first, then the JSON of all claims.
create or replace function auth.uid() returns uuid language sql stable as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim.sub', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
    )::uuid
$$;

create or replace function auth.role() returns text language sql stable as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim.role', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
    )
$$;

create or replace function auth.email() returns text language sql stable as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim.email', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
    )
$$;

create or replace function auth.jwt() returns jsonb language sql stable as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')
    )::jsonb
$$;
