-- Why: calls (their sender, times and words), a number that cannot dial, and the person's id at providers that send to ids.
-- Lock risk: touches and provider_accounts take an exclusive lock for an instant (new nullable columns, no rewrite);
-- the two small indexes are built on few rows (calls that are under way).
-- Undo: drop table sender_breakers, contact_refs; alter table touches drop column sender, drop column transcript,
-- drop column recording, drop column summary, drop column call_started_at, drop column call_ended_at,
-- drop column absent_at; alter table provider_accounts drop column review_unknown; drop index touches_lines, touches_on_call;
set lock_timeout = '5s';

alter table touches
  add column sender text,
  add column transcript text,
  add column recording text,
  add column summary text,
  add column call_started_at timestamptz,
  add column call_ended_at timestamptz,
  -- when the provider's list was first read to its end without this touch in it
  add column absent_at timestamptz;
create index touches_lines on touches (account_id) where channel = 'voice' and state in ('claimed', 'sending', 'unknown', 'accepted');
create index touches_on_call on touches (contact_id) where channel = 'voice' and state in ('claimed', 'sending', 'unknown', 'accepted');

-- true: what stays unknown waits for a person, up to seven days past its deadline
alter table provider_accounts add column review_unknown boolean not null default false;
grant select (review_unknown) on provider_accounts to omnify_api;

create table contact_refs (
  client_id uuid not null,
  contact_id uuid not null,
  provider text not null,
  ref text not null check (ref <> ''),
  noted_at timestamptz not null,
  primary key (client_id, provider, ref),
  unique (contact_id, provider),
  foreign key (client_id, contact_id) references contacts (client_id, id)
);

create table sender_breakers (
  client_id uuid not null,
  account_id uuid not null,
  sender text not null,
  reason text not null,
  faults integer not null check (faults > 0),
  opened_at timestamptz not null,
  closes_at timestamptz not null,
  primary key (account_id, sender),
  foreign key (client_id, account_id) references provider_accounts (client_id, id),
  check (closes_at > opened_at)
);

alter table contact_refs enable row level security;
alter table sender_breakers enable row level security;
create policy tenant on contact_refs to omnify_api using (client_id in (select house.my_clients()));
create policy tenant on sender_breakers to omnify_api using (client_id in (select house.my_clients()));
revoke all on contact_refs, sender_breakers from anon, authenticated;
grant select on contact_refs, sender_breakers to omnify_api;
