-- plant_permits --
-- What a client must have before it may write: a postal address, and its sender registered with the carriers.
with told as (
  update clients set postal_address = '1 Main Street, Albany NY 12207', help_contact = 'help@bench.example'
  where id = %(client_id)s
  returning id
)
insert into sender_registrations (client_id, account_id, campaign, status, registered_by, changed_at)
select p.client_id, p.id, 'CM1', 'approved', 'bench', %(now)s
from provider_accounts p join told on told.id = p.client_id
where p.channel = 'sms';

-- without_triggers --
-- For planting many rows that are known to be right: foreign keys and triggers rest until the connection ends.
select set_config('session_replication_role', 'replica', false);

-- plant_contacts --
-- People number `first` to `last`; a number written as 32 hexadecimal digits is an id.
insert into contacts (id, client_id, external_ref, first_name, time_zone, fields, created_at)
select lpad(to_hex(n), 32, '0')::uuid, %(client_id)s, n::text, 'Ada', 'America/New_York', '{}', %(now)s
from generate_series(%(first)s::int, %(last)s::int) n;

-- plant_addresses --
-- A New York number each, spread over the exchanges as people are.
insert into addresses (id, client_id, kind, value, created_at)
select lpad(to_hex(n), 32, '0')::uuid, %(client_id)s, 'phone',
  '+1' || (array['212', '646'])[1 + n / 8000000] || (2000000 + n %% 800 * 10000 + n %% 8000000 / 800), %(now)s
from generate_series(%(first)s::int, %(last)s::int) n;

-- plant_links --
-- Whose number it is.
insert into contact_addresses (client_id, contact_id, address_id, kind)
select %(client_id)s, lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, 'phone'
from generate_series(%(first)s::int, %(last)s::int) n;

-- plant_consents --
-- All of them agreed in writing to be reached by this channel.
insert into consents (id, client_id, contact_id, channel, event, wording, source, at, kind, seller, wording_hash,
  covers_ai_voice)
select lpad(to_hex(n), 32, '0')::uuid, %(client_id)s, lpad(to_hex(n), 32, '0')::uuid, %(channel)s, 'granted', 'yes', 'form',
  %(now)s, 'written', 'Bench', repeat('0', 64), %(channel)s = 'voice'
from generate_series(%(first)s::int, %(last)s::int) n;

-- plant_enrollments --
-- At the first step, due in slots of `slot` people, a minute apart.
insert into sequence_enrollments (id, client_id, contact_id, sequence_id, version, status, step, visit, next_channel, due_at,
  waiting, enrolled_at, changed_at)
select lpad(to_hex(n), 32, '0')::uuid, %(client_id)s, lpad(to_hex(n), 32, '0')::uuid, %(sequence_id)s, %(version)s, 'active',
  %(step)s, 0, %(channel)s, %(now)s::timestamptz + interval '1 minute' * ((n - %(first)s) / %(slot)s), false, %(now)s, %(now)s
from generate_series(%(first)s::int, %(last)s::int) n;

-- count_states --
-- How the touches stand.
select state, count(*)::int as n from touches group by state order by state;

-- plant_backlog --
-- A client's life so far: each of these people has had a step (a delivered touch, of the last month) and waits for the next
-- one, the due ones scattered over the table as they are in life.
insert into touches (id, client_id, account_id, origin, origin_id, part, attempt, enrollment_id, step, contact_id, channel,
  provider, to_address, body, body_hash, envelope, state, armed_at, look_at, confirm_by, confirmed_at, changed_at, provider_id,
  evidence_id, evidence, decision)
select lpad(to_hex(n), 32, '0')::uuid, %(client_id)s, %(account_id)s, 'step', lpad(to_hex(n), 32, '0')::uuid, 0, 1,
  lpad(to_hex(n), 32, '0')::uuid, 'first', lpad(to_hex(n), 32, '0')::uuid, 'sms', 'twilio',
  '+1' || (array['212', '646'])[1 + n / 8000000] || (2000000 + n %% 800 * 10000 + n %% 8000000 / 800),
  'Hi Ada, news from Bench', repeat('0', 64), '{}',
  'delivered', sent.at, null, sent.at, sent.at, sent.at, 'SMf' || lpad(to_hex(n), 31, '0'),
  'SMf' || lpad(to_hex(n), 31, '0') || ':delivered', '[]', '{}'
from generate_series(%(first)s::int, %(last)s::int) n,
  lateral (select %(now)s::timestamptz - interval '2 days' - interval '30 days' * n / %(last)s as at) sent;

-- scatter_due --
-- So many of them are due by now, the others within the next thirty days; every one points at its touch.
insert into sequence_enrollments (id, client_id, contact_id, sequence_id, version, status, step, visit, next_channel, due_at,
  waiting, last_touch_id, enrolled_at, changed_at)
select lpad(to_hex(n), 32, '0')::uuid, %(client_id)s, lpad(to_hex(n), 32, '0')::uuid, %(sequence_id)s, %(version)s, 'active',
  'second', 1, 'sms',
  %(now)s::timestamptz + case when rank.place <= %(due)s then -interval '1 second' * rank.place
    else interval '30 days' * rank.place / (%(last)s - %(first)s + 1) end,
  false, lpad(to_hex(n), 32, '0')::uuid, %(now)s, %(now)s
from (
  select g as n, row_number() over (order by hashint4(g), g) as place
  from generate_series(%(first)s::int, %(last)s::int) g
) rank;
