-- dnc_numbers --
-- Every listed number.
select client_id, phone from dnc_numbers order by client_id, phone;

-- plant_word --
-- Somebody wrote from this number.
insert into inbound (id, client_id, account_id, event_key, channel, kind, provider, from_address, to_address, body, contact_id,
  at, opted_out, payload)
values (%(id)s, %(client_id)s, %(account_id)s, %(id)s::text, 'sms', 'message', 'twilio', %(phone)s, '+12065550100', 'Hi', null,
  %(at)s, false, '{}');

-- close_address --
-- The number is closed.
update addresses set suppressed_at = %(at)s, suppressed_reason = 'by_hand' where value = %(phone)s;

-- close_contact --
-- The person wants nothing.
update contacts set suppressed_at = %(at)s, suppressed_reason = 'by_hand' where id = %(contact_id)s;

-- stop_sending --
-- Nothing of the client leaves.
update clients set sending_stopped_at = %(at)s where id = %(client_id)s;

-- move_abroad --
-- A number of another country.
update addresses set value = '+442079460123' where value = %(phone)s;
