-- Why: a person of the client answers what a contact wrote; the answer is kept here until it left or may leave no more.
-- Lock risk: none; a new table.
-- Undo: drop table replies.
set lock_timeout = '5s';

create table replies (
  id uuid primary key,
  client_id uuid not null,
  contact_id uuid not null,
  -- the message that is answered: it goes to whoever wrote that, and to nobody else
  inbound_id uuid not null,
  -- emptied when its time is up
  body text not null,
  body_hash text not null check (body_hash ~ '^[0-9a-f]{64}$'),
  written_by text not null check (written_by <> ''),
  written_at timestamptz not null,
  -- it leaves until then, or not at all
  send_by timestamptz not null,
  -- why it will not leave: a guard's name, too_late, taken_back, not_sent
  closed_at timestamptz,
  closed_reason text,
  unique (client_id, id),
  -- the same words to the same message are one answer, however often somebody presses the button
  unique (inbound_id, body_hash),
  check (num_nulls(closed_at, closed_reason) in (0, 2)),
  check (send_by > written_at),
  foreign key (client_id, contact_id) references contacts (client_id, id),
  foreign key (client_id, inbound_id) references inbound (client_id, id) on delete cascade
);
create index replies_waiting on replies (send_by) where closed_at is null;
create index replies_client on replies (client_id, written_at desc, id desc);
create index replies_contact on replies (contact_id);

alter table replies enable row level security;
create policy tenant on replies to omnify_api using (client_id in (select house.my_clients()));
revoke all on replies from anon, authenticated;
grant select on replies to omnify_api;
