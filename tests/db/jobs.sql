-- plant_inbound --
-- Somebody wrote; who it is, and which touch it answers, may be unknown.
insert into inbound (id, client_id, account_id, event_key, channel, kind, provider, from_address, to_address, body,
  contact_id, reply_to_touch_id, at, opted_out, payload)
values (%(id)s, %(client_id)s, %(account_id)s, %(event_key)s, 'sms', 'message', 'twilio', '+12125550199', '+12065550100',
  'hello', %(contact_id)s, %(touch_id)s, %(at)s, false, '{}');

-- findings --
-- What the reconciliation found.
select * from reconcile_findings order by kind, provider_id;

-- analytics --
-- How the steps have done.
select * from step_analytics order by step, channel, armed_on;

-- breakers --
-- Numbers that rest or have rested.
select * from sender_breakers order by sender;

-- second_acceptance --
-- As if another id had been the first: the item in the list is then a second acceptance of this touch.
update touches set provider_id = %(provider_id)s where id = %(id)s;

-- inbound_keys --
-- Under which keys what people wrote was kept.
select event_key from inbound order by event_key;

-- make_shared --
-- As if this account had always been the environment's own.
update provider_accounts set from_environment = true, sealed_secrets = null where id = %(id)s;
