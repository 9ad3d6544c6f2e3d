-- others --
-- Who else is connected to that database, autovacuum among them.
select count(*) as n from pg_stat_activity where datname = %(name)s and pid <> pg_backend_pid();

-- row_writes --
-- Rows inserted, updated and deleted since the database was made, by table.
select relname::text as name, n_tup_ins + n_tup_upd + n_tup_del as n from pg_stat_user_tables
where n_tup_ins + n_tup_upd + n_tup_del > 0;

-- spent_so_far --
-- Commits in that database, and how far the whole server's log has come.
select xact_commit as commits, pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint as wal_bytes
from pg_stat_database where datname = %(name)s;

-- rest_autovacuum --
-- It would come in between and be counted.
alter system set autovacuum = off;

-- wake_autovacuum --
-- As it was.
alter system reset autovacuum;

-- read_settings --
-- Both take effect with this.
select pg_reload_conf();

-- note_statements --
-- Whoever connects to that database from now on has every statement written down.
alter database {name} set log_statement = 'all';

-- note_nothing --
-- As it was.
alter database {name} reset log_statement;

-- write_back --
-- What the time before has left to be written is no part of what follows.
checkpoint;
