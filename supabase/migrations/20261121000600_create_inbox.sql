-- Why: what providers say that is not a plain status is kept once; what needs a person's eye is written down.
-- Lock risk: none, only new tables.
-- Undo: drop table system_logs, inbox_events.
set lock_timeout = '5s';

create table inbox_events (
  account_id uuid not null,
  event_key text not null,
  client_id uuid,
  kind text not null check (kind in ('inbound', 'unknown_touch', 'unknown_type')),
  provider text not null,
  payload jsonb not null,
  received_at timestamptz not null,
  primary key (account_id, event_key),
  -- account_id stands alone only for the environment's own account, whose client is not known yet
  foreign key (client_id, account_id) references provider_accounts (client_id, id)
);
create index inbox_events_client on inbox_events (client_id, received_at desc);

create table system_logs (
  id uuid primary key,
  client_id uuid references clients,
  at timestamptz not null,
  level text not null check (level in ('notice', 'warning', 'alarm')),
  event text not null,
  touch_id uuid,
  enrollment_id uuid,
  detail jsonb not null,
  foreign key (client_id, touch_id) references touches (client_id, id),
  foreign key (client_id, enrollment_id) references sequence_enrollments (client_id, id)
);
create index system_logs_client on system_logs (client_id, at desc);
