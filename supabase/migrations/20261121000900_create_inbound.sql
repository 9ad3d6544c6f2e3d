-- Why: what people write and their calls are kept as rows, matched to the person and the touch they answer; one timeline
-- over both directions.
-- Lock risk: none on existing tables beyond the references' share locks.
-- Undo: drop view contact_interactions, outbound_touches, contact_calls; drop table inbound;
set lock_timeout = '5s';

create table inbound (
  id uuid primary key,
  client_id uuid not null,
  account_id uuid not null,
  event_key text not null,
  channel text not null check (channel in ('sms', 'email', 'voice')),
  kind text not null check (kind in ('message', 'missed_call', 'call')),
  provider text not null,
  from_address text not null,
  to_address text not null,
  subject text,
  body text not null,
  recording text,
  contact_id uuid,
  reply_to_touch_id uuid,
  at timestamptz not null,
  opted_out boolean not null,
  -- while null it holds this person's pending touches; a stop rule or a person releases it
  released_at timestamptz,
  released_by text,
  payload jsonb not null,
  unique (client_id, id),
  unique (account_id, event_key),
  check ((released_at is null) = (released_by is null)),
  foreign key (client_id, account_id) references provider_accounts (client_id, id),
  foreign key (client_id, contact_id) references contacts (client_id, id),
  foreign key (client_id, reply_to_touch_id) references touches (client_id, id)
);
create index inbound_contact on inbound (contact_id, at desc);
create index inbound_client on inbound (client_id, at desc, id desc);
create index inbound_from on inbound (client_id, from_address, at desc);
create index inbound_unmatched on inbound (client_id, at) where contact_id is null;

alter table inbound enable row level security;
create policy tenant on inbound to omnify_api using (client_id in (select house.my_clients()));
revoke all on inbound from anon, authenticated;
grant select on inbound to omnify_api;

create view contact_interactions with (security_invoker = true) as
select t.client_id, t.contact_id, t.id, 'out'::text as direction, t.channel, t.armed_at as at, t.state, t.subject, t.body,
  t.id as touch_id, t.enrollment_id
from touches t
union all
select i.client_id, i.contact_id, i.id, 'in'::text, i.channel, i.at, i.kind, i.subject, i.body, i.reply_to_touch_id, null::uuid
from inbound i;

create view outbound_touches with (security_invoker = true) as
select t.client_id, t.id, t.contact_id, t.enrollment_id, t.step, t.channel, t.provider, t.to_address, t.sender, t.state,
  t.reason, t.armed_at, t.confirmed_at, t.provider_id, t.evidence_id
from touches t;

create view contact_calls with (security_invoker = true) as
select t.client_id, t.contact_id, t.id, 'out'::text as direction, t.armed_at as at, t.state, t.reason, t.sender as our_number,
  t.to_address as their_number, t.call_started_at, t.call_ended_at, t.transcript, t.recording, t.summary, t.cost_micros,
  t.cost_currency
from touches t
where t.channel = 'voice'
union all
select i.client_id, i.contact_id, i.id, 'in'::text, i.at, i.kind, null::text, i.to_address, i.from_address, null::timestamptz,
  null::timestamptz, i.body, i.recording, null::text, null::bigint, null::text
from inbound i
where i.channel = 'voice';

revoke all on contact_interactions, outbound_touches, contact_calls from anon, authenticated;
grant select on contact_interactions, outbound_touches, contact_calls to omnify_api;
