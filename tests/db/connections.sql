-- own_process --
-- The server's process behind this connection.
select pg_backend_pid() as pid;

-- end_process --
-- Ends it, and waits for its end at most so long (milliseconds).
select pg_terminate_backend(%(pid)s, 10000);

-- write_something --
-- A row like any other.
insert into clients (id, slug, name, status, created_at)
values ('00000000-0000-7000-8000-000000000001', 'acme', 'Acme', 'live', '2026-11-23 15:00+00');

-- count_written --
-- Whether it is there.
select count(*)::int as n from clients where slug = 'acme';
