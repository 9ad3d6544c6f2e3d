-- Why: after a restore the providers have what this database no longer knows, so the engine stays disarmed until a full
-- reconcile has run; and what a reconcile finds is a question that a person can answer.
-- Lock risk: short exclusive locks on reconcile_findings, a small table; the other objects are new.
-- Undo: drop table engine_state; drop function house.database_identity(); drop the columns and indexes added to
-- reconcile_findings; its check of kind as before.
set lock_timeout = '5s';

-- What tells this database from one that a backup was read into: the cluster, and the timeline that point-in-time
-- recovery starts anew. Null where the platform does not tell.
create function house.database_identity(out system_identifier bigint, out timeline integer)
language plpgsql stable set search_path = '' as $$
begin
  begin
    select c.system_identifier into system_identifier from pg_catalog.pg_control_system() c;
  exception when insufficient_privilege then
    system_identifier := null;
  end;
  begin
    -- the name of the log's file begins with the timeline, at once; the control file tells a checkpoint later
    select ('x' || substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 1, 8))::bit(32)::integer
    into timeline;
  exception when insufficient_privilege then
    timeline := null;
  end;
end
$$;
revoke all on function house.database_identity() from public, anon, authenticated;

-- One row: may the engine arm? The row knows where and by which transaction it was written (`xmin` again), so one that
-- came out of a dump betrays itself. Nobody's client: the whole house.
create table engine_state (
  one boolean primary key default true check (one),
  armed boolean not null,
  system_identifier bigint,
  timeline integer,
  table_oid oid not null,
  written_by bigint not null,
  reason text not null,
  changed_by text not null,
  changed_at timestamptz,
  -- until when the providers may have what this database does not know; null: there never was a gap
  gap_until timestamptz
);
alter table engine_state enable row level security;
revoke all on engine_state from anon, authenticated;

-- A ledger that was there before this table may be an old backup: it is armed by a person.
insert into engine_state (armed, system_identifier, timeline, table_oid, written_by, reason, changed_by)
select not exists (select from touches), i.system_identifier, i.timeline, 'public.engine_state'::regclass,
  (pg_current_xact_id()::text::numeric % 4294967296)::bigint,
  case when exists (select from touches) then 'upgraded' else 'new' end, 'migration'
from house.database_identity() i;

alter table reconcile_findings drop constraint reconcile_findings_kind_check;
alter table reconcile_findings add constraint reconcile_findings_kind_check
  check (kind in ('ghost', 'silent', 'orphan', 'lost'));
alter table reconcile_findings
  add column channel text check (channel in ('sms', 'email', 'voice')),
  -- whom it went to, as a keyed hash: no address is kept here
  add column address_hash bytea,
  add column settled_at timestamptz,
  add column settled_as text check (settled_as in ('sent', 'not_ours', 'seen', 'explained')),
  add column settled_by text,
  add column settled_because text,
  add constraint reconcile_findings_settled check (
    (settled_at is null) = (settled_as is null) and (settled_at is null) = (settled_by is null));
create index reconcile_findings_open on reconcile_findings (client_id, found_at) where settled_at is null;
-- asked at every arming: is there a question about this very address?
create index reconcile_findings_lost on reconcile_findings (client_id, address_hash)
  where kind = 'lost' and settled_at is null;
