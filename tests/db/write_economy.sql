-- row_writes --
-- Rows inserted, updated and deleted since the database was made, by table.
select relname::text as name, n_tup_ins + n_tup_upd + n_tup_del as n from pg_stat_user_tables
where n_tup_ins + n_tup_upd + n_tup_del > 0;

-- flush --
-- This backend's own counts reach the statistics with the end of this transaction.
select pg_stat_force_next_flush();

-- others --
-- Who else is connected to this database.
select count(*) as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid();

-- user_tables --
-- Every table of ours.
select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') order by 1;

-- versions --
-- The physical version of every row: any write at all makes another one.
select ctid::text as place, xmin::text as by from {table} order by 1;
