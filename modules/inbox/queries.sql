-- keep_event --
-- Keeps an event once; the same key again writes nothing.
insert into inbox_events (account_id, event_key, client_id, kind, provider, payload, received_at)
values (%(account_id)s, %(event_key)s, %(client_id)s, %(kind)s, %(provider)s, %(payload)s, %(now)s)
on conflict (account_id, event_key) do nothing;
