-- name_type --
-- PostgreSQL's own name of a type, by its number.
select %(code)s::oid::regtype::text as name;

-- create_function --
-- One plan for good, whatever the values: the sets are small, and everything is found by an index. The tables are joined
-- in the order in which the statement names them. Nothing is compiled: without values PostgreSQL takes the sets for large
-- ones, and compiling them at each call took twelve times as long as asking (measured among a million touches).
create function {function}({takes})
returns table ({columns}) language plpgsql
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
{body};
end
$kept$;
revoke all on function {function} from public, anon, authenticated;

-- write_migration --
-- What stands in a migration under its header.
set lock_timeout = '5s';

{pieces};
