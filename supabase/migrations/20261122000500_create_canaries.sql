-- Why: a check of ours leaves every so often by the real way to somebody of the house, so that a provider that takes
-- everything and delivers nothing is noticed before clients notice it.
-- Lock risk: none; a new table.
-- Undo: drop table canaries.
set lock_timeout = '5s';

create table canaries (
  id uuid primary key,
  client_id uuid not null,
  channel text not null check (channel in ('sms', 'email', 'voice')),
  -- somebody of the house, who agreed to it like everybody
  contact_id uuid not null,
  every_hours integer not null check (every_hours between 1 and 24),
  started_by text not null check (started_by <> ''),
  started_at timestamptz not null,
  stopped_by text,
  stopped_at timestamptz,
  unique (client_id, id),
  check (num_nulls(stopped_by, stopped_at) in (0, 2)),
  foreign key (client_id, contact_id) references contacts (client_id, id)
);
create unique index canaries_running on canaries (client_id, channel) where stopped_at is null;
create index canaries_client on canaries (client_id, started_at desc, id desc);
create index canaries_contact on canaries (contact_id);

alter table canaries enable row level security;
create policy tenant on canaries to omnify_api using (client_id in (select house.my_clients()));
revoke all on canaries from anon, authenticated;
grant select on canaries to omnify_api;
