-- add_contact --
-- A person whose name stands in the ledger.
insert into contacts (id, client_id, external_ref, first_name, last_name, fields, created_at)
values (%(id)s, %(client_id)s, null, %(first_name)s, %(last_name)s, '{}', %(now)s);

-- add_touch --
-- A touch that is being sent; it takes its other states by legal moves only.
insert into touches (id, client_id, account_id, origin, origin_id, part, attempt, contact_id, channel, provider, to_address,
  body, body_hash, envelope, state, armed_at, look_at, confirm_by, changed_at, provider_id, evidence, decision)
values (%(id)s, %(client_id)s, %(account_id)s, 'test', %(id)s, 0, 1, %(contact_id)s, %(channel)s, %(provider)s,
  %(to_address)s, 'Hello', %(body_hash)s, '{}', 'sending', %(now)s, %(now)s, %(now)s, %(now)s, %(provider_id)s, '[]',
  '{"verdict": "allow", "zones": ["America/New_York"], "window_seconds": 12900, "consent": true}');

-- move_touch --
-- What confirm writes when the provider speaks.
update touches set state = %(state)s, changed_at = %(now)s, evidence_id = %(evidence_id)s,
  confirmed_at = case when %(evidence_id)s::text is null then null else %(now)s end
where id = %(id)s;

-- add_mailbox --
-- An e-mail address of nobody in particular.
insert into addresses (id, client_id, kind, value, created_at)
values (%(id)s, %(client_id)s, 'email', %(value)s, %(now)s);
