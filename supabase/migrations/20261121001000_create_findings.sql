-- Why: what the reconciliation found at the providers, each thing once; and how each step of a sequence has done.
-- Lock risk: none on existing tables beyond the references' share locks.
-- Undo: drop table reconcile_findings, step_analytics;
set lock_timeout = '5s';

create table reconcile_findings (
  client_id uuid not null,
  account_id uuid not null,
  kind text not null check (kind in ('ghost', 'silent')),
  provider_id text not null,
  touch_id uuid,
  detail jsonb not null,
  found_at timestamptz not null,
  primary key (account_id, kind, provider_id),
  foreign key (client_id, account_id) references provider_accounts (client_id, id),
  foreign key (client_id, touch_id) references touches (client_id, id)
);
create index reconcile_findings_client on reconcile_findings (client_id, found_at desc);

create table step_analytics (
  client_id uuid not null,
  sequence_id uuid not null,
  version integer not null,
  step text not null,
  channel text not null,
  armed_on date not null,
  armed integer not null,
  succeeded integer not null,
  failed integer not null,
  lost integer not null,
  answered integer not null,
  counted_at timestamptz not null,
  primary key (sequence_id, version, step, channel, armed_on),
  foreign key (client_id, sequence_id, version) references sequence_versions (client_id, sequence_id, version)
);
create index step_analytics_client on step_analytics (client_id, armed_on desc);

alter table reconcile_findings enable row level security;
alter table step_analytics enable row level security;
create policy tenant on reconcile_findings to omnify_api using (client_id in (select house.my_clients()));
create policy tenant on step_analytics to omnify_api using (client_id in (select house.my_clients()));
revoke all on reconcile_findings, step_analytics from anon, authenticated;
grant select on reconcile_findings, step_analytics to omnify_api;
