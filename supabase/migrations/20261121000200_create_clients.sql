-- Why: tenants, who may see them, and their accounts at the providers.
-- Lock risk: none, only new tables.
-- Undo: drop table provider_accounts, members, clients cascade.
set lock_timeout = '5s';

create table clients (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null check (name <> ''),
  status text not null check (status in ('live', 'test', 'paused')),
  sending_stopped_at timestamptz,
  created_at timestamptz not null
);

create table members (
  client_id uuid not null references clients,
  user_id uuid not null,
  role text not null check (role in ('owner', 'marketer', 'viewer')),
  added_at timestamptz not null,
  primary key (client_id, user_id)
);
create index members_user on members (user_id);

create table provider_accounts (
  id uuid primary key,
  client_id uuid not null references clients,
  provider text not null,
  channel text not null check (channel in ('sms', 'email', 'voice')),
  account_key text not null unique check (account_key ~ '^[0-9a-f]{32}$'),
  settings jsonb not null,
  -- null: the secrets are the environment's own (OMNIFY's settings), so rotating them is changing the setting
  sealed_secrets bytea,
  from_environment boolean not null,
  unknown_policy text not null check (unknown_policy in ('never_rearm', 'same_key_retry', 'rearm_after_absent')),
  sends_per_second numeric not null check (sends_per_second > 0),
  retired_at timestamptz,
  created_at timestamptz not null,
  unique (client_id, id),
  check (from_environment = (sealed_secrets is null))
);
create unique index provider_accounts_in_use on provider_accounts (client_id, channel) where retired_at is null;
