-- Why: a provider's calendar tells of an appointment again and again, and not always in order. What it said last is kept,
-- so that older news that comes late undoes nothing newer, and what was deleted stays deleted.
-- Lock risk: none; a new table.
-- Undo: drop table appointments.
set lock_timeout = '5s';

create table appointments (
  client_id uuid not null,
  source text not null check (source <> ''),
  -- the provider's own id of it
  ref text not null check (ref <> ''),
  contact_id uuid not null,
  status text not null check (status in ('booked', 'called_off', 'showed', 'deleted')),
  starts_at timestamptz,
  booked_at timestamptz not null,
  -- when it stood so, by the provider's clock
  told_at timestamptz not null,
  noted_at timestamptz not null,
  primary key (client_id, source, ref),
  foreign key (client_id, contact_id) references contacts (client_id, id)
);
create index appointments_contact on appointments (contact_id, starts_at);

alter table appointments enable row level security;
create policy tenant on appointments to omnify_api using (client_id in (select house.my_clients()));
revoke all on appointments from anon, authenticated;
grant select on appointments to omnify_api;
