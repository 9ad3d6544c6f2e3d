-- plant_touch --
-- A touch as the workers leave it, of a step or of code's own.
insert into touches (id, client_id, account_id, origin, origin_id, part, attempt, enrollment_id, step, contact_id, channel,
  provider, to_address, subject, body, body_hash, envelope, state, armed_at, look_at, confirm_by, changed_at, evidence,
  decision, sender)
values (%(id)s, %(client_id)s, %(account_id)s, %(origin)s, %(origin_id)s, 0, 1, %(enrollment_id)s, %(step)s, %(contact_id)s,
  %(channel)s, 'twilio', %(to_address)s, null, %(body)s, %(body_hash)s, '{}', 'sending', %(at)s, %(at)s, %(at)s, %(at)s,
  '[]', %(decision)s, '+13125550191');

-- deliver --
-- And its proof.
update touches set state = 'delivered', look_at = null, evidence_id = %(evidence_id)s, confirmed_at = %(at)s,
  changed_at = %(at)s, provider_id = %(provider_id)s, provider_status = 'delivered',
  evidence = jsonb_build_array(jsonb_build_object('id', %(evidence_id)s::text, 'state', 'delivered', 'at', %(at)s::timestamptz))
where id = %(id)s;

-- forget_text --
-- What retention does to a text: its hash stays.
update touches set body = '' where id = %(id)s;

-- plant_inbound --
-- What a person wrote.
insert into inbound (id, client_id, account_id, event_key, channel, kind, provider, from_address, to_address, body,
  contact_id, at, opted_out, payload, answer)
values (%(id)s, %(client_id)s, %(account_id)s, %(id)s::text, 'sms', 'message', 'twilio', %(from_address)s, '+13125550191',
  %(body)s, %(contact_id)s, %(at)s, true, '{}', 'confirmation');

-- close_address --
-- Nothing leaves to it any more.
update addresses set suppressed_at = %(at)s, suppressed_reason = 'opted_out'
where client_id = %(client_id)s and value = %(value)s
returning id;

-- plant_registration --
-- The sender's registration.
insert into sender_registrations (client_id, account_id, campaign, status, registered_by, changed_at)
values (%(client_id)s, %(account_id)s, %(campaign)s, 'approved', 'Grace', %(at)s);

-- plant_list --
-- The national list of one area.
insert into dnc_lists (client_id, area_code, issued_on, numbers, loaded_at)
values (%(client_id)s, '212', %(issued_on)s, 1, %(at)s);

-- plant_listed --
-- A number on it.
insert into dnc_numbers (client_id, phone) values (%(client_id)s, 2125550123);

-- plant_check --
-- What a service said of the number.
insert into number_checks (client_id, address_id, kind, answer, consented_on, source, asked_at)
values (%(client_id)s, %(address_id)s, 'reassigned', 'no', %(consented_on)s, %(source)s, %(at)s);

-- plant_clearance --
-- Where the client may sell.
insert into state_clearances (client_id, state, reference, cleared_by, cleared_at)
values (%(client_id)s, 'NY', %(reference)s, 'Grace', %(at)s);

-- plant_erasure --
-- That the person was erased, and their proof sealed.
insert into erasures (id, client_id, contact_id, erased_by, counts, erased_at)
values (%(id)s, %(client_id)s, %(contact_id)s, 'Grace', '{"touches": 1}', %(at)s);

-- plant_proof --
-- The sealed proof.
insert into erased_proofs (client_id, contact_id, sealed, delete_at)
values (%(client_id)s, %(contact_id)s, 'sealed', %(delete_at)s);

-- end_call --
-- A call that was answered, and its end.
update touches set state = 'completed', look_at = null, evidence_id = %(evidence_id)s, confirmed_at = %(at)s,
  changed_at = %(at)s, call_started_at = %(began)s, call_ended_at = %(at)s
where id = %(id)s;
