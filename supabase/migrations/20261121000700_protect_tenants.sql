-- Why: every table is walled off by tenant, and Supabase's Data API (anon, authenticated) reaches nothing.
-- Lock risk: short exclusive locks on tables that are still empty.
-- Undo: drop the policies named tenant and everyone; disable row level security; grant as before.
set lock_timeout = '5s';

create function house.my_clients() returns setof uuid
language sql stable security definer set search_path = '' as $$
  select m.client_id from public.members m where m.user_id = (select auth.uid())
  union
  select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'omnify_client')::uuid
  where nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'omnify_client' is not null
$$;
revoke all on function house.my_clients() from public;
grant execute on function house.my_clients() to omnify_api;

do $$
declare
  tenant_table text;
begin
  for tenant_table in select t.tablename from pg_tables t where t.schemaname = 'public' loop
    execute format('alter table public.%I enable row level security', tenant_table);
    execute format('revoke all on public.%I from anon, authenticated', tenant_table);
    if exists (
      select from information_schema.columns c
      where c.table_schema = 'public' and c.table_name = tenant_table and c.column_name = 'client_id'
    ) then
      execute format('create policy tenant on public.%I to omnify_api using (client_id in (select house.my_clients()))', tenant_table);
    end if;
  end loop;
end
$$;
create policy tenant on clients to omnify_api using (id in (select house.my_clients()));
create policy everyone on touch_states to omnify_api using (true);
create policy everyone on touch_transitions to omnify_api using (true);
create policy everyone on enrollment_states to omnify_api using (true);
create policy everyone on enrollment_transitions to omnify_api using (true);

grant select on clients, members, contacts, addresses, contact_addresses, consents, sequences, sequence_versions,
  sequence_steps, sequence_enrollments, touches, inbox_events, system_logs,
  touch_states, touch_transitions, enrollment_states, enrollment_transitions to omnify_api;
-- never the sealed secrets, not even sealed
grant select (id, client_id, provider, channel, account_key, settings, from_environment, unknown_policy, sends_per_second,
  retired_at, created_at) on provider_accounts to omnify_api;

revoke all on sequence_steps from anon, authenticated;
revoke all on all sequences in schema public from anon, authenticated;
revoke all on all functions in schema public from public, anon, authenticated;
revoke all on all functions in schema house from public, anon, authenticated;
grant execute on function house.my_clients() to omnify_api;
