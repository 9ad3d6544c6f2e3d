-- add_contact --
insert into contacts (id, client_id, external_ref, first_name, last_name, fields, created_at)
values (%(id)s, %(client_id)s, null, 'Ada', 'Example', '{}', %(now)s);

-- add_touch --
insert into touches (id, client_id, account_id, origin, origin_id, part, attempt, contact_id, channel, provider, to_address,
  body, body_hash, envelope, state, armed_at, look_at, confirm_by, changed_at, evidence, decision)
values (%(id)s, %(client_id)s, %(account_id)s, 'test', %(id)s, 0, 1, %(contact_id)s, 'sms', 'twilio', %(to_address)s,
  'Hello', repeat('a', 64), '{}', 'sending', %(now)s, %(now)s, %(now)s, %(now)s, '[]', '{"why": "test"}');

-- move_touch --
update touches set state = %(state)s, changed_at = %(now)s, evidence_id = %(evidence_id)s, confirmed_at = %(confirmed_at)s
where id = %(id)s;

-- remove_members --
delete from members where client_id = %(client_id)s;
