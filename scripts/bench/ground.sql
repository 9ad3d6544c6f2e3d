-- copy_database --
-- A world of its own for each side of a comparison.
create database {copy} template {template};

-- settle --
-- What autovacuum would have done by the time it matters.
vacuum analyze;

-- write_back --
-- Nothing of the planting is still to be written.
checkpoint;

-- server_settings --
-- What decides how long a commit takes.
select current_setting('server_version') as postgresql, current_setting('fsync') as fsync,
  current_setting('synchronous_commit') as synchronous_commit, current_setting('shared_buffers') as shared_buffers,
  current_setting('commit_delay')::int as commit_delay_us;

-- commits_take --
-- From the next reload on each flush of the log is begun so many microseconds later; who commits meanwhile goes with it.
alter system set commit_delay = {microseconds};

-- nobody_else_needed --
-- Also where nobody else is about to commit.
alter system set commit_siblings = 0;

-- reload --
-- Of the server's settings.
select pg_reload_conf();

-- others --
-- Who else is connected to this database.
select count(*) as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid();

-- row_writes --
-- Rows inserted, updated and deleted since the database was made, over all tables.
select relname::text as name, n_tup_ins + n_tup_upd + n_tup_del as n from pg_stat_user_tables
where n_tup_ins + n_tup_upd + n_tup_del > 0;
