-- kept_events --
-- What was kept under a key (of what people wrote also by its row's id), as it would be read today.
select null::uuid as row_id, e.account_id, e.event_key, e.client_id, e.kind, e.provider, e.payload, e.received_at as at,
  null::uuid as contact_id, null::boolean as opted_out, false as unsure
from inbox_events e
where e.event_key = %(name)s
union all
select i.id, i.account_id, i.event_key, i.client_id, 'inbound', i.provider,
  jsonb_build_object('event_key', i.event_key, 'from', i.from_address, 'to', i.to_address, 'text', coalesce(i.body, ''),
    'opted_out', coalesce(i.payload ->> 'opt_out_rule' = 'provider', false), 'channel', i.channel, 'kind', i.kind,
    'subject', i.subject, 'at', to_jsonb(i.at), 'call', null, 'clues', coalesce(i.payload -> 'clues', '{}'::jsonb),
    'said', '{}'::jsonb),
  i.at, i.contact_id, i.opted_out, coalesce(i.payload ->> 'opt_out' = 'unsure', false)
from inbound i
where i.event_key = %(name)s or i.id = %(id)s
order by at, event_key, account_id;
