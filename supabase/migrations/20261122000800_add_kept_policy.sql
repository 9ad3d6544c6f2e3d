-- Why: the database keeps the plans of these statements (utils/kept.py). Written by scripts.database.keep_statements.
-- Lock risk: none; functions only.
-- Undo: take the marks `Kept as` out of the queries.sql, then drop the functions.
set lock_timeout = '5s';

create function house.try_sender_270a1ab0(account_id_ uuid, purse_of_ uuid)
returns table ("obtained" boolean, "patience" text, "purse" boolean) language plpgsql
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
with sender as materialized (
  select pg_try_advisory_xact_lock(hashtextextended($1::uuid::text, 7)) as obtained,
    set_config('lock_timeout', '200ms', true) as patience
)
select sender.obtained, sender.patience,
  case when sender.obtained and cl.daily_budget_micros is not null
    then pg_advisory_xact_lock(hashtextextended(cl.id::text, 43)) is not null end as purse
from sender
left join clients cl on cl.id = $2::uuid;
end
$kept$;
revoke all on function house.try_sender_270a1ab0 from public, anon, authenticated;
