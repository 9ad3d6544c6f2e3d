-- make_database --
-- An empty place for a backup.
create database {database} template template0 owner omnify_owner;

-- drop_database --
-- What stood there before the restore.
drop database {database} with (force);

-- forget_state --
-- As if nothing had ever been recorded.
delete from engine_state;

-- copy_state --
-- The row as a backup of its data alone brings it back.
with old as (delete from engine_state returning *) insert into engine_state select * from old;

-- move_to_other_cluster --
-- As if the row had been written in another cluster.
update engine_state set system_identifier = system_identifier + 1,
  written_by = (pg_current_xact_id()::text::numeric % 4294967296)::bigint;

-- move_to_other_timeline --
-- As if it had been written before a point-in-time recovery.
update engine_state set timeline = timeline + 1,
  written_by = (pg_current_xact_id()::text::numeric % 4294967296)::bigint;

-- engine_state --
-- The row.
select armed, reason, changed_by, changed_at, gap_until from engine_state;

-- findings --
-- What was found, with its answer.
select kind, channel, provider_id, settled_as, settled_by from reconcile_findings order by kind, provider_id;

-- plant_touch --
-- One touch of a ledger from before the interlock.
with client as (
  insert into clients (id, slug, name, status, created_at)
  values ('00000000-0000-7000-8000-000000000001', 'old', 'Old', 'live', '2026-11-01T00:00:00Z') returning id
), account as (
  insert into provider_accounts (id, client_id, provider, channel, account_key, settings, sealed_secrets, from_environment,
    unknown_policy, sends_per_second, created_at)
  select '00000000-0000-7000-8000-000000000002', id, 'twilio', 'sms', repeat('0', 32), '{}', null, true, 'never_rearm', 1,
    '2026-11-01T00:00:00Z' from client returning id
), contact as (
  insert into contacts (id, client_id, fields, created_at)
  select '00000000-0000-7000-8000-000000000003', id, '{}', '2026-11-01T00:00:00Z' from client returning id
)
insert into touches (id, client_id, account_id, origin, origin_id, part, attempt, contact_id, channel, provider, to_address,
  body, body_hash, envelope, state, armed_at, look_at, confirm_by, changed_at, evidence, decision)
select '00000000-0000-7000-8000-000000000004', client.id, account.id, 'test', contact.id, 0, 1, contact.id, 'sms', 'twilio',
  '+12125550100', 'Hi', repeat('0', 64), '{}', 'sending', '2026-11-02T00:00:00Z', '2026-11-02T00:05:00Z',
  '2026-11-02T05:00:00Z', '2026-11-02T00:00:00Z', '[]', '{}'
from client, account, contact;

-- forget_refs --
-- Nobody has been written to yet by a provider that knows people by its own ids.
delete from contact_refs;

-- wait_an_hour --
-- What is due comes an hour later.
update sequence_enrollments set due_at = due_at + interval '1 hour';
