-- blockers --
-- Who keeps a server process from going on, and who those; empty: nobody. With itself among them it closes a circle.
with recursive chain (pid) as (
  select unnest(pg_blocking_pids(%(pid)s)) union select unnest(pg_blocking_pids(c.pid)) from chain c
)
select coalesce(array_agg(c.pid), '{}') as pids from chain c;

-- cancel --
-- Ends the statement of a process that has died.
select pg_cancel_backend(%(pid)s);

-- copy_database --
-- A worker's own database.
create database {database} template {template} strategy file_copy owner omnify_owner;

-- tables --
-- Every table of ours.
select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'public' order by 1;

-- empty --
-- Everything that a seed has written.
truncate {tables} cascade;

-- settings --
-- No statement waits for another by chance: no vacuum in the background, and a circle of locks is seen at once.
alter system set autovacuum = off;

-- deadlock_soon --
alter system set deadlock_timeout = '2ms';

-- commit_soon --
alter system set synchronous_commit = off;

-- no_jit --
alter system set jit = off;

-- plan_once --
-- For all values: else the sixth time a connection prepares a statement it may be planned, and answer, differently.
alter system set plan_cache_mode = force_generic_plan;

-- reload --
select pg_reload_conf();

-- speaker --
-- Says each change of a row that matters to whoever wrote it: kept back there until the commit.
create or replace function public.speak() returns trigger language plpgsql as $$
begin
  raise info 'sim:%', json_build_object('table', tg_table_name, 'before', case when tg_op <> 'INSERT' then
    (select json_object_agg(key, value) from json_each(to_json(old)) where key = any(tg_argv)) end,
    'after', case when tg_op <> 'DELETE' then
    (select json_object_agg(key, value) from json_each(to_json(new)) where key = any(tg_argv)) end);
  return null;
end
$$;

-- fingerprint --
-- Every row of a table as one number: two equal ones are two equal tables.
select coalesce(sum(hashtextextended(t::text, 0)), 0)::text as sum, count(*)::int as how_many from {table} t;

-- speak_touches --
create or replace trigger speak after insert or update or delete on touches for each row execute function public.speak(
  'id', 'client_id', 'account_id', 'origin', 'origin_id', 'part', 'attempt', 'enrollment_id', 'step', 'contact_id',
  'channel', 'provider', 'to_address', 'body_hash', 'state', 'reason', 'armed_at', 'look_at', 'confirm_by',
  'confirmed_at', 'provider_id', 'evidence_id');

-- speak_enrollments --
create or replace trigger speak after insert or update or delete on sequence_enrollments for each row
execute function public.speak(
  'id', 'client_id', 'contact_id', 'status', 'status_reason', 'version', 'step', 'visit', 'next_channel', 'due_at',
  'waiting', 'last_touch_id');

-- speak_addresses --
create or replace trigger speak after insert or update or delete on addresses for each row execute function public.speak(
  'id', 'client_id', 'kind', 'value', 'suppressed_at', 'suppressed_reason');

-- speak_contacts --
create or replace trigger speak after insert or update or delete on contacts for each row execute function public.speak(
  'id', 'client_id', 'suppressed_at', 'suppressed_reason');

-- speak_inbound --
create or replace trigger speak after insert or update or delete on inbound for each row execute function public.speak(
  'id', 'client_id', 'contact_id', 'channel', 'kind', 'from_address', 'at', 'opted_out', 'released_at', 'answer');

-- speak_tasks --
create or replace trigger speak after insert or update or delete on tasks for each row execute function public.speak(
  'id', 'enrollment_id', 'step', 'visit', 'state', 'blocks', 'due_by', 'settled_by');

-- speak_actions --
create or replace trigger speak after insert or update or delete on enrollment_actions for each row
execute function public.speak(
  'id', 'enrollment_id', 'verb', 'from_status', 'from_step', 'from_visit', 'from_version', 'to_status', 'to_step',
  'to_visit', 'to_version', 'moved_to');

-- speak_milestones --
create or replace trigger speak after insert or update or delete on milestones for each row
execute function public.speak('id', 'client_id', 'contact_id', 'name', 'at', 'taken_back_at');

-- put_in_test --
-- Nothing leaves for these clients but to a tester.
update clients set status = 'test';

-- open_tasks --
-- What people have to do.
select t.id, t.blocks, t.due_by from tasks t where t.state = 'open' order by t.created_at, t.id;

-- standing_runs --
-- Whoever is under way, where, and whether something is due for them.
select e.id, e.client_id, e.status, s.slug, e.due_at, e.waiting, e.visit
from sequence_enrollments e
join sequences s on s.client_id = e.client_id and s.id = e.sequence_id
where e.status in ('active', 'paused', 'held')
order by e.enrolled_at, e.id;

-- runs_and_steps --
-- Whoever is under way, and at which step.
select e.id, e.client_id, e.contact_id, e.step, e.visit, e.due_at from sequence_enrollments e
where e.status = 'active' and e.step is not null
order by e.enrolled_at, e.id;

-- share_phone --
-- Two people of one household: the second is reached at the first one's number.
update contact_addresses set address_id = (
  select address_id from contact_addresses where contact_id = %(first)s and kind = 'phone'
)
where contact_id = %(second)s and kind = 'phone';

-- due_people --
-- The telephone numbers of those for whom something leaves now.
select distinct a.value
from sequence_enrollments e
join contact_addresses ca on ca.contact_id = e.contact_id and ca.kind = 'phone'
join addresses a on a.id = ca.address_id
where e.status = 'active' and e.due_at <= %(now)s
order by a.value;

-- open_indexes --
-- What keeps a second touch from an enrollment or an address for which one is in flight.
select indexname as name, indexdef as definition from pg_indexes where indexname like 'touches_open_%' order by 1;

-- drop_index --
drop index {name};

-- task_keys --
-- What keeps a visit from being asked for a second time.
select conname as name, pg_get_constraintdef(oid) as definition
from pg_constraint
where conrelid = 'tasks'::regclass and contype = 'u' and pg_get_constraintdef(oid) like '%%visit%%';

-- drop_key --
alter table tasks drop constraint {name};

-- add_key --
alter table tasks add constraint {name} {definition};

-- texts_of_people --
-- What people wrote, as far as somebody may write back.
select i.id, i.client_id, i.contact_id from inbound i
where i.channel = 'sms' and i.kind = 'message' and i.contact_id is not null and not i.opted_out
order by i.at, i.id;

-- waiting_replies --
-- What was written back and has not left.
select r.written_at from replies r
where r.closed_at is null and not exists (
  select from touches t where t.origin = 'reply' and t.origin_id = r.id and t.state <> 'not_sent');

-- speak_replies --
create or replace trigger speak after insert or update or delete on replies for each row execute function public.speak(
  'id', 'client_id', 'contact_id', 'inbound_id', 'body_hash', 'written_at', 'send_by', 'closed_at', 'closed_reason');

-- running_checks --
-- What leaves every so often, and the turns of it that have left.
select k.id, k.client_id, k.channel, k.started_at, k.every_hours, array(
  select t.part from touches t where t.origin = 'canary' and t.origin_id = k.id and t.state <> 'not_sent') as left
from canaries k
where k.stopped_at is null
order by k.started_at, k.id;

-- speak_canaries --
create or replace trigger speak after insert or update or delete on canaries for each row execute function public.speak(
  'id', 'client_id', 'channel', 'contact_id', 'every_hours', 'started_at', 'stopped_at');

-- addresses_of_people --
-- By what each person is known; in a household the second is not known by the number of their own.
select ca.contact_id::text as contact, array_agg(a.value) as addresses
from contact_addresses ca
join addresses a on a.id = ca.address_id
group by ca.contact_id;
