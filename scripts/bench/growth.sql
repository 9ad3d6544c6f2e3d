-- plant_slots --
-- One after the other of the first ones by hash, scattered over the table, is due in slots of `slot` people, a minute
-- apart; the others within the thirty days after tomorrow. Every one points at its touch.
insert into sequence_enrollments (id, client_id, contact_id, sequence_id, version, status, step, visit, next_channel, due_at,
  waiting, last_touch_id, enrolled_at, changed_at)
select lpad(to_hex(n), 32, '0')::uuid, %(client_id)s, lpad(to_hex(n), 32, '0')::uuid, %(sequence_id)s, %(version)s, 'active',
  'second', 1, 'sms',
  %(now)s::timestamptz + case when rank.place <= %(due)s then interval '1 minute' * ((rank.place - 1) / %(slot)s)
    else interval '1 day' + interval '30 days' * rank.place / (%(last)s - %(first)s + 1) end,
  false, lpad(to_hex(n), 32, '0')::uuid, %(now)s, %(now)s
from (
  select g as n, row_number() over (order by hashint4(g), g) as place
  from generate_series(%(first)s::int, %(last)s::int) g
) rank;

-- database_size --
-- How much disk this database takes, in bytes.
select pg_database_size(current_database()) as bytes;

-- own_process --
-- The server process that answers; its parent is the server.
select pg_backend_pid() as pid;
