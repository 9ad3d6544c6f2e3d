-- Why: the database keeps the plans of these statements (utils/kept.py). Written by scripts.database.keep_statements.
-- Lock risk: none; functions only.
-- Undo: take the marks `Kept as` out of the queries.sql, then drop the functions.
set lock_timeout = '5s';

create function house.peek_due_b87b8842(client_id_ uuid, next_channel_ text, priority_ int, now_ timestamptz, after_due_ timestamptz, after_id_ uuid, limit_ bigint)
returns table ("contact_id" uuid) language plpgsql
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
select e.contact_id
from sequence_enrollments e
where e.client_id = $1::uuid and e.next_channel = $2::text and e.priority = $3::int
  and e.status = 'active' and e.due_at <= $4::timestamptz
  and (e.due_at, e.id) > (coalesce($5::timestamptz, '-infinity'),
    coalesce($6::uuid, '00000000-0000-0000-0000-000000000000'))
order by e.due_at, e.id
limit $7::bigint;
end
$kept$;
revoke all on function house.peek_due_b87b8842 from public, anon, authenticated;
