-- read_engine_state --
-- May the engine arm, as this very database was told? `same` is false when the row came out of a dump (another
-- transaction wrote it, or into another table) or the database stands in another cluster or on another timeline.
select e.armed, e.reason, e.changed_by, e.changed_at, e.gap_until,
  e.written_by = e.xmin::text::bigint and e.table_oid = e.tableoid
    and e.system_identifier is not distinct from i.system_identifier and e.timeline is not distinct from i.timeline as same,
  i.system_identifier is not null and i.timeline is not null as tells
from engine_state e
cross join house.database_identity() i;

-- disarm_engine --
-- Nothing is armed any more; one that is disarmed already stays as it was, for the first reason counts, unless its row
-- came out of a dump or another cluster: then it is this restore that counts.
insert into engine_state (armed, system_identifier, timeline, table_oid, written_by, reason, changed_by, changed_at)
select false, i.system_identifier, i.timeline, 'public.engine_state'::regclass,
  (pg_current_xact_id()::text::numeric %% 4294967296)::bigint, %(reason)s, %(by)s, %(now)s
from house.database_identity() i
on conflict (one) do update
set armed = false, system_identifier = excluded.system_identifier, timeline = excluded.timeline,
  table_oid = excluded.table_oid, written_by = excluded.written_by, reason = excluded.reason,
  changed_by = excluded.changed_by, changed_at = excluded.changed_at
where engine_state.armed
  or engine_state.written_by <> engine_state.xmin::text::bigint or engine_state.table_oid <> engine_state.tableoid
  or engine_state.system_identifier is distinct from excluded.system_identifier
  or engine_state.timeline is distinct from excluded.timeline;

-- arm_engine --
-- A person's word after a full reconcile: from here on this is the database, and what is older than now may have gaps.
-- Only for the disarming whose gap was read.
insert into engine_state (armed, system_identifier, timeline, table_oid, written_by, reason, changed_by, changed_at, gap_until)
select true, i.system_identifier, i.timeline, 'public.engine_state'::regclass,
  (pg_current_xact_id()::text::numeric %% 4294967296)::bigint, %(reason)s, %(by)s, %(now)s, %(now)s
from house.database_identity() i
on conflict (one) do update
set armed = true, system_identifier = excluded.system_identifier, timeline = excluded.timeline,
  table_oid = excluded.table_oid, written_by = excluded.written_by, reason = excluded.reason,
  changed_by = excluded.changed_by, changed_at = excluded.changed_at, gap_until = excluded.gap_until
where not engine_state.armed and engine_state.changed_at is not distinct from %(disarmed_at)s;

-- newest_trace --
-- The last instant of which this database surely knows what left: only arming writes it, and a disarmed engine does not.
-- Where nothing ever left, since when there are accounts that could have.
select coalesce((select max(t.armed_at) from touches t), (select min(a.created_at) from provider_accounts a)) as at;
