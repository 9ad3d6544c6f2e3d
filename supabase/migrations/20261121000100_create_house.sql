-- Why: our own role for API transactions, our own schema for guards, and Supabase's Data API shut out from the start.
-- Lock risk: none, only new objects and default privileges.
-- Undo: drop schema house cascade; drop owned by omnify_api; drop role omnify_api.
set lock_timeout = '5s';

do $$
begin
  if not exists (select from pg_roles where rolname = 'omnify_api') then
    create role omnify_api nologin noinherit;
  end if;
end
$$;
grant omnify_api to current_user;
grant usage on schema public to omnify_api;

create schema if not exists house;
grant usage on schema house to omnify_api;

-- Without IN SCHEMA on purpose: per schema, the revoke from PUBLIC does not hold (tried on 15 and 18).
alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public revoke all on sequences from anon, authenticated;
alter default privileges in schema public revoke all on functions from anon, authenticated;
