-- user_tables --
-- Every table of ours.
select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') order by 1;

-- versions --
-- The physical version of every row: any write at all makes another one.
select ctid::text as place, xmin::text as by from {table} order by 1;
