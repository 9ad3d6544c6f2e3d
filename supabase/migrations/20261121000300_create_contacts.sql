-- Why: people, the addresses that reach them, and what they agreed to.
-- Lock risk: none, only new tables.
-- Undo: drop table consents, contact_addresses, addresses, contacts cascade.
set lock_timeout = '5s';

create table contacts (
  id uuid primary key,
  client_id uuid not null references clients,
  external_ref text,
  first_name text,
  last_name text,
  time_zone text,
  fields jsonb not null,
  suppressed_at timestamptz,
  suppressed_reason text,
  created_at timestamptz not null,
  unique (client_id, id),
  unique (client_id, external_ref),
  check ((suppressed_at is null) = (suppressed_reason is null))
);

create table addresses (
  id uuid primary key,
  client_id uuid not null references clients,
  kind text not null check (kind in ('phone', 'email')),
  value text not null,
  suppressed_at timestamptz,
  suppressed_reason text,
  held_until timestamptz,
  held_reason text,
  created_at timestamptz not null,
  unique (client_id, id),
  unique (client_id, kind, value),
  check ((suppressed_at is null) = (suppressed_reason is null)),
  check ((held_until is null) = (held_reason is null)),
  check (kind <> 'phone' or value ~ '^\+[1-9][0-9]{6,14}$')
);

create table contact_addresses (
  client_id uuid not null,
  contact_id uuid not null,
  address_id uuid not null,
  kind text not null check (kind in ('phone', 'email')),
  primary key (contact_id, address_id),
  foreign key (client_id, contact_id) references contacts (client_id, id),
  foreign key (client_id, address_id) references addresses (client_id, id)
);
-- one address of each kind for a contact: which one a step goes to is never a guess
create unique index contact_addresses_one_of_a_kind on contact_addresses (contact_id, kind);
create index contact_addresses_address on contact_addresses (address_id);

create table consents (
  id uuid primary key,
  client_id uuid not null,
  contact_id uuid not null,
  channel text not null check (channel in ('sms', 'email', 'voice')),
  event text not null check (event in ('granted', 'withdrawn')),
  wording text not null check (wording <> ''),
  source text not null check (source <> ''),
  at timestamptz not null,
  foreign key (client_id, contact_id) references contacts (client_id, id)
);
create index consents_contact on consents (contact_id, channel, at desc);

create function house.refuse_rewrite() returns trigger language plpgsql set search_path = '' as $$
begin
  raise exception '% is append-only: add a row instead', tg_table_name using errcode = '23514';
end
$$;
create trigger consents_append_only before update on consents for each row execute function house.refuse_rewrite();
