-- plant_accepted --
-- What is on its way: each of these people has a text that the provider has accepted and not yet delivered.
insert into touches (id, client_id, account_id, origin, origin_id, part, attempt, enrollment_id, step, contact_id, channel,
  provider, to_address, body, body_hash, envelope, state, armed_at, look_at, confirm_by, changed_at, provider_id,
  provider_status, evidence, decision)
select lpad(to_hex(n), 32, '0')::uuid, %(client_id)s, %(account_id)s, 'step', lpad(to_hex(n), 32, '0')::uuid, 0, 1,
  lpad(to_hex(n), 32, '0')::uuid, 'first', lpad(to_hex(n), 32, '0')::uuid, 'sms', 'twilio',
  '+1212' || (2000000 + n %% 800 * 10000 + n / 800),
  'Hi Ada, news from Bench', repeat('0', 64), '{}', 'accepted', %(now)s, %(now)s::timestamptz + interval '10 minutes',
  %(now)s::timestamptz + interval '5 hours', %(now)s, 'SM' || lpad(to_hex(n), 32, '0'), 'queued', '[]', '{}'
from generate_series(%(first)s::int, %(last)s::int) n;

-- plant_waiting --
-- Their next step is a day away.
insert into sequence_enrollments (id, client_id, contact_id, sequence_id, version, status, step, visit, next_channel, due_at,
  waiting, last_touch_id, enrolled_at, changed_at)
select lpad(to_hex(n), 32, '0')::uuid, %(client_id)s, lpad(to_hex(n), 32, '0')::uuid, %(sequence_id)s, %(version)s, 'active',
  'second', 1, 'sms', %(now)s::timestamptz + interval '1 day', false, lpad(to_hex(n), 32, '0')::uuid, %(now)s, %(now)s
from generate_series(%(first)s::int, %(last)s::int) n;

-- make_raw_hooks --
-- Where the bare application keeps what it is told.
create table raw_hooks (event_key text primary key, payload text not null);

-- keep_raw_hook --
-- All that the bare application does.
insert into raw_hooks (event_key, payload) values (%(event_key)s, %(payload)s) on conflict do nothing;

-- count_raw_hooks --
-- What it has kept.
select count(*)::int as n from raw_hooks;

-- let_owner_write --
-- Whoever owns the database may use it.
grant select, insert on raw_hooks to public;
