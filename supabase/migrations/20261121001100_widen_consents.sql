-- Why: consent as proof (kind, exact words with hash, whose number, until when), suppression that outlives a contact,
-- what a client must have before it may write, checks of numbers, imports that can be undone, erasure.
-- Lock risk: consents, contacts, clients, inbound take an exclusive lock for an instant (new columns); consents is filled once.
-- Undo: drop table erasures, erased_proofs, imports, reopenings, number_checks, dnc_numbers, dnc_lists, state_clearances,
-- state_blocks, sender_registrations, platform_holds, platform_opt_outs, kept_suppressions, house_keys cascade;
-- alter table … drop column for each column below; drop index inbound_wants_answer, touches_footer.
set lock_timeout = '5s';

alter table clients
  -- who the law and the carriers see: the legal name, where mail reaches it, where a person finds help
  add column seller text check (seller <> ''),
  add column postal_address text check (postal_address <> ''),
  add column help_contact text check (help_contact <> ''),
  -- what may be spent in any 24 hours; null is without a limit
  add column daily_budget_micros bigint check (daily_budget_micros >= 0);
grant update (seller, postal_address, help_contact, daily_budget_micros) on clients to omnify_api;

create table imports (
  id uuid primary key,
  client_id uuid not null references clients,
  file_name text not null,
  file_hash text not null check (file_hash ~ '^[0-9a-f]{64}$'),
  mapping jsonb not null,
  attested_by text,
  state text not null check (state in ('loading', 'done', 'undone')),
  read_rows integer not null default 0,
  added integer not null default 0,
  known integer not null default 0,
  rejected integer not null default 0,
  started_at timestamptz not null,
  finished_at timestamptz,
  undone_at timestamptz,
  unique (client_id, id)
);

alter table contacts
  add column import_id uuid,
  -- what is left is a row without a name, so that the ledger still adds up
  add column erased_at timestamptz,
  add foreign key (client_id, import_id) references imports (client_id, id);
create index contacts_import on contacts (import_id) where import_id is not null;

alter table consents
  add column kind text check (kind in ('express', 'written', 'soft_opt_in')),
  add column seller text,
  add column wording_hash text check (wording_hash ~ '^[0-9a-f]{64}$'),
  add column wording_version text,
  add column covers_ai_voice boolean not null default false,
  -- the number or address it was given for; null: whichever the contact has
  add column address text,
  add column proof jsonb not null default '{}',
  add column expires_at timestamptz,
  add column import_id uuid,
  add unique (client_id, id),
  add foreign key (client_id, import_id) references imports (client_id, id);
-- what was given before nobody asked for its kind: the weaker one, so that nothing is claimed that nobody said
alter table consents disable trigger consents_append_only;
update consents k set kind = case k.event when 'granted' then 'express' end, seller = c.name,
  wording_hash = encode(sha256(convert_to(k.wording, 'UTF8')), 'hex')
from clients c where c.id = k.client_id;
alter table consents enable trigger consents_append_only;
alter table consents
  alter column seller set not null,
  alter column wording_hash set not null,
  add check (event = 'withdrawn' or kind is not null),
  add check (expires_at is null or expires_at > at);
create index consents_import on consents (import_id) where import_id is not null;

-- a suppression whose address row was erased: a keyed hash (HMAC-SHA256 of client, kind, value) is all that is left
create table kept_suppressions (
  client_id uuid not null references clients,
  hash bytea not null check (length(hash) = 32),
  kind text not null check (kind in ('phone', 'email')),
  reason text not null,
  suppressed_at timestamptz not null,
  kept_at timestamptz not null,
  primary key (client_id, hash)
);

-- the same number at several clients, as a keyed hash without a client in it; no client ever sees these rows
create table platform_opt_outs (
  hash bytea not null check (length(hash) = 32),
  client_id uuid not null references clients,
  at timestamptz not null,
  primary key (hash, client_id)
);
create table platform_holds (
  hash bytea primary key check (length(hash) = 32),
  clients integer not null check (clients > 0),
  opened_at timestamptz not null,
  decision text check (decision in ('released', 'kept')),
  decided_by text,
  decided_at timestamptz,
  check ((decision is null) = (decided_at is null) and (decision is null) = (decided_by is null))
);

-- keys of the house itself, sealed; one for the hashes above
create table house_keys (
  name text primary key,
  sealed bytea not null,
  created_at timestamptz not null
);

-- a closed address that a fresh consent opened again: what it was closed for stays known
create table reopenings (
  client_id uuid not null,
  address_id uuid not null,
  consent_id uuid not null,
  closed_at timestamptz not null,
  closed_reason text not null,
  reopened_at timestamptz not null,
  reopened_by text not null,
  primary key (address_id, reopened_at),
  foreign key (client_id, address_id) references addresses (client_id, id),
  foreign key (client_id, consent_id) references consents (client_id, id)
);

create table sender_registrations (
  client_id uuid not null,
  account_id uuid primary key,
  campaign text not null check (campaign <> ''),
  status text not null check (status in ('pending', 'approved', 'rejected')),
  registered_by text not null,
  changed_at timestamptz not null,
  foreign key (client_id, account_id) references provider_accounts (client_id, id)
);

-- declared emergencies and proclaimed holidays: nobody in the state is called or texted, whoever the client is
create table state_blocks (
  id uuid primary key,
  state text not null check (state ~ '^[A-Z]{2}$'),
  from_at timestamptz not null,
  until_at timestamptz not null check (until_at > from_at),
  reason text not null check (reason <> ''),
  source text not null check (source <> ''),
  added_by text not null,
  created_at timestamptz not null
);
create index state_blocks_until on state_blocks (until_at);

create table state_clearances (
  client_id uuid not null references clients,
  state text not null check (state ~ '^[A-Z]{2}$'),
  reference text not null check (reference <> ''),
  cleared_by text not null,
  cleared_at timestamptz not null,
  ends_at timestamptz,
  primary key (client_id, state)
);

-- the national list, as far as a client has bought and loaded it (16 CFR 310.4(b)(3)(iv): at most 31 days old)
create table dnc_lists (
  client_id uuid not null references clients,
  area_code text not null check (area_code ~ '^[2-9][0-9]{2}$'),
  issued_on date not null,
  numbers integer not null check (numbers >= 0),
  loaded_at timestamptz not null,
  primary key (client_id, area_code)
);
create table dnc_numbers (
  client_id uuid not null references clients,
  phone bigint not null check (phone between 2000000000 and 9999999999),
  primary key (client_id, phone)
);

-- receipts: what a service said of a number, for which day of consent
create table number_checks (
  client_id uuid not null,
  address_id uuid not null,
  kind text not null check (kind in ('reassigned')),
  answer text not null check (answer in ('yes', 'no', 'no_data')),
  consented_on date not null,
  source text not null check (source <> ''),
  asked_at timestamptz not null,
  primary key (address_id, kind, asked_at),
  foreign key (client_id, address_id) references addresses (client_id, id)
);

create table erasures (
  id uuid primary key,
  client_id uuid not null,
  contact_id uuid not null,
  erased_by text not null,
  counts jsonb not null,
  erased_at timestamptz not null,
  unique (contact_id),
  foreign key (client_id, contact_id) references contacts (client_id, id)
);
-- consent proof of an erased person, sealed, for as long as the law wants it kept (16 CFR 310.5: five years)
create table erased_proofs (
  client_id uuid not null,
  contact_id uuid primary key,
  sealed bytea not null,
  delete_at timestamptz not null,
  foreign key (client_id, contact_id) references contacts (client_id, id)
);
create index erased_proofs_delete on erased_proofs (delete_at);

-- what code answers by itself to what came in
alter table inbound add column answer text check (answer in ('confirmation', 'help', 'too_late'));
create index inbound_wants_answer on inbound (at) where answer in ('confirmation', 'help');

do $$
declare
  one text;
begin
  foreach one in array array['imports', 'kept_suppressions', 'platform_opt_outs', 'platform_holds', 'house_keys', 'reopenings',
    'sender_registrations', 'state_blocks', 'state_clearances', 'dnc_lists', 'dnc_numbers', 'number_checks', 'erasures',
    'erased_proofs'] loop
    execute format('alter table %I enable row level security', one);
    execute format('revoke all on %I from anon, authenticated', one);
  end loop;
  foreach one in array array['imports', 'reopenings', 'sender_registrations', 'state_clearances', 'dnc_lists', 'number_checks',
    'erasures', 'kept_suppressions', 'dnc_numbers', 'erased_proofs'] loop
    execute format('create policy tenant on %I to omnify_api using (client_id in (select house.my_clients()))', one);
  end loop;
end
$$;
create policy everyone on state_blocks to omnify_api using (true);
grant select on imports, reopenings, sender_registrations, state_blocks, state_clearances, dnc_lists, number_checks, erasures
  to omnify_api;
