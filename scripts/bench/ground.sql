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
  current_setting('synchronous_commit') as synchronous_commit, current_setting('shared_buffers') as shared_buffers;

-- others --
-- Who else is connected to this database.
select count(*) as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid();

-- row_writes --
-- Rows inserted, updated and deleted since the database was made, over all tables.
select relname::text as name, n_tup_ins + n_tup_upd + n_tup_del as n from pg_stat_user_tables
where n_tup_ins + n_tup_upd + n_tup_del > 0;
