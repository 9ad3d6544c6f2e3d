-- forbid_connections --
-- The database is down for everybody but the superuser.
update pg_database set datallowconn = false where datname = %(name)s;

-- cut_connections --
-- And whoever was connected is cut off.
select count(pg_terminate_backend(pid)) as cut from pg_stat_activity where datname = %(name)s and pid <> pg_backend_pid();

-- allow_connections --
-- It is back.
update pg_database set datallowconn = true where datname = %(name)s;

-- set_account --
-- An account's settings, written past the check that normally asks whether they are complete.
update provider_accounts set settings = %(settings)s where id = %(id)s;
