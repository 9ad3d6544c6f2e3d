-- plant_touch --
-- Something that went to a person, in any state that the database lets in by way of `sending`.
insert into touches (id, client_id, account_id, origin, origin_id, part, attempt, enrollment_id, step, contact_id, channel,
  provider, to_address, subject, body, body_hash, envelope, sender, state, armed_at, look_at, confirm_by, changed_at, evidence,
  decision)
values (%(id)s, %(client_id)s, %(account_id)s, 'test', %(id)s, 0, 1, null, null, %(contact_id)s, %(channel)s, %(provider)s,
  %(to_address)s, 'For Zyxcanary', 'Hello Zyxcanary, canarywords', repeat('a', 64), '{"variables": "Zyxcanary"}',
  '+12065550100', 'sending', %(at)s, %(at)s, %(at)s::timestamptz + interval '1 hour', %(at)s, '[]',
  '{"verdict": "allow", "rule": "us", "zones": ["America/New_York"], "consent": "canarywords", "window_seconds": 60}');

-- settle_touch --
-- What became of it.
update touches set state = %(state)s, provider_id = %(provider_id)s, evidence_id = %(evidence_id)s,
  evidence = case when %(evidence_id)s::text is null then evidence else jsonb_build_array(jsonb_build_object('id', %(evidence_id)s::text)) end,
  confirmed_at = case when %(evidence_id)s::text is null then null else %(at)s::timestamptz end,
  transcript = %(words)s, summary = %(words)s, recording = %(words)s
where id = %(id)s;

-- plant_inbound --
-- Somebody wrote.
insert into inbound (id, client_id, account_id, event_key, channel, kind, provider, from_address, to_address, subject, body,
  recording, contact_id, at, opted_out, payload)
values (%(id)s, %(client_id)s, %(account_id)s, %(id)s::text, %(channel)s, %(kind)s, 'twilio', %(from_address)s, '+12065550100',
  'canarywords', 'I am Zyxcanary', 'canarywords', %(contact_id)s, %(at)s, false,
  '{"Body": "Zyxcanary", "opt_out": "unsure", "opt_out_rule": "subject"}');

-- plant_log --
-- A line whose detail says too much.
insert into system_logs (id, client_id, at, level, event, touch_id, detail)
values (%(id)s, %(client_id)s, %(at)s, 'alarm', 'needs_review', %(touch_id)s, jsonb_build_object('code', %(word)s::text));

-- plant_finding --
-- A finding whose detail says too much.
insert into reconcile_findings (client_id, account_id, kind, provider_id, touch_id, detail, found_at)
values (%(client_id)s, %(account_id)s, 'silent', 'SMfinding', %(touch_id)s, jsonb_build_object('to', %(word)s::text), %(at)s);

-- plant_answer --
-- What somebody answered to a question about what was sent, known by its touch or by whom it went to.
insert into reconcile_findings (client_id, account_id, kind, provider_id, touch_id, channel, address_hash, detail, found_at,
  settled_at, settled_as, settled_by, settled_because)
values (%(client_id)s, %(account_id)s, 'lost', %(provider_id)s, %(touch_id)s, 'sms', %(address_hash)s, '{"status": "sent"}',
  %(at)s, %(at)s, 'sent', 'jo', 'Zyxcanary phoned and has it');

-- plant_check --
-- A receipt for a number.
insert into number_checks (client_id, address_id, kind, answer, consented_on, source, asked_at)
select a.client_id, a.id, 'reassigned', 'no', '2026-01-01', 'canary', %(at)s from addresses a where a.value = %(value)s;

-- plant_reopening --
-- A closed address that was opened again.
insert into reopenings (client_id, address_id, consent_id, closed_at, closed_reason, reopened_at, reopened_by)
select a.client_id, a.id, k.id, %(at)s, 'opted_out', %(at)s, 'ada'
from addresses a join consents k on k.client_id = a.client_id
where a.value = %(value)s and k.contact_id = %(contact_id)s
order by k.id limit 1;

-- tables --
-- Every table of ours with its columns: what could hold words, and what names a person.
select c.relname::text as name, a.attname::text as "column", format_type(a.atttypid, a.atttypmod) as type
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where n.nspname = 'public' and c.relkind in ('r', 'p')
order by 1, a.attnum;

-- add_table --
-- Somebody's migration forgets the erasure.
create table later_notes (contact_id uuid, note text);

-- add_column --
-- And another's.
alter table touches add column nickname text;

-- contact --
-- The row of one person.
select * from contacts where id = %(id)s;

-- inbound --
-- Everything that came in.
select * from inbound order by at, id;

-- consents --
-- Everything that was agreed to.
select * from consents order by at, id;

-- proofs --
-- What is kept under seal.
select * from erased_proofs;

-- kept --
-- What stays closed without an address.
select hash, kind, reason, suppressed_at from kept_suppressions order by kind;

-- erasures --
-- All certificates.
select * from erasures;

-- counts --
-- How many lines the ledger has.
select count(*) as touches from touches;

-- end_enrollments --
-- Every enrollment ended then, with this touch as its last.
update sequence_enrollments set status = 'finished', step = null, due_at = null, last_touch_id = %(touch_id)s, changed_at = %(at)s;

-- point_enrollments --
-- Every enrollment has this touch as its last.
update sequence_enrollments set last_touch_id = %(touch_id)s;

-- close_phone --
-- Somebody said stop.
update addresses set suppressed_at = %(at)s, suppressed_reason = 'opted_out' where kind = 'phone';

-- unerased --
-- People by the canary's name who are still there.
select id from contacts where first_name = 'Zyxcanary';

-- phones --
-- Everybody's telephone number.
select ca.contact_id, a.id, a.value from contact_addresses ca join addresses a on a.id = ca.address_id where a.kind = 'phone';

-- answers --
-- How many answers of services stand for a number.
select count(*) as answers from number_checks where address_id = %(address_id)s;

-- events --
-- What is kept as it came in.
select e.event_key from inbox_events e order by e.event_key;

-- plant_task --
-- Something that a person was to do for them, settled or not.
insert into tasks (id, client_id, contact_id, title, instructions, state, blocks, created_at, settled_at, settled_by, note)
values (%(id)s, %(client_id)s, %(contact_id)s, 'Call Zyxcanary', 'canarywords', %(state)s, true, %(at)s,
  case when %(state)s <> 'open' then %(at)s::timestamptz end, 'jo', 'canarywords');

-- plant_milestone --
-- Something that happened with them.
insert into milestones (id, client_id, contact_id, name, at, source, ref, noted_by, noted_at)
values (%(id)s, %(client_id)s, %(contact_id)s, 'showing', %(at)s, 'ghl', 'canaryref', 'canarywords', %(at)s);

-- plant_appointment --
-- An appointment of theirs in a provider's calendar.
insert into appointments (client_id, source, ref, contact_id, status, starts_at, booked_at, told_at, noted_at)
values (%(client_id)s, 'ghl', 'canaryref', %(contact_id)s, 'booked', %(at)s, %(at)s, %(at)s, %(at)s);

-- plant_canary --
-- A check of ours that leaves to them every hour.
insert into canaries (id, client_id, channel, contact_id, every_hours, started_by, started_at)
values (%(id)s, %(client_id)s, 'sms', %(contact_id)s, 1, 'by_hand:ann', %(at)s);

-- plant_reply --
insert into replies (id, client_id, contact_id, inbound_id, body, body_hash, written_by, written_at, send_by, closed_at,
  closed_reason)
values (%(id)s, %(client_id)s, %(contact_id)s, %(inbound_id)s, 'Dear Zyxcanary, canarywords', repeat('c', 64), 'by_hand:ann',
  %(at)s, %(at)s::timestamptz + interval '1 day', %(at)s, 'taken_back');
