-- erase_inbound --
-- What a person wrote, and what came from addresses that are theirs alone.
delete from inbound i
where i.client_id = %(client_id)s and (i.contact_id = %(contact_id)s or i.from_address = any(%(values)s::text[]));

-- erase_events --
-- What was kept as it came in and speaks of a person: by an address of theirs, by their id at a provider, or by a touch
-- that went to them. Of what has no client yet only what came by credentials that this client uses too. What somebody
-- wrote goes only for the whole address: joann@x.example who said stop is not ann@x.example.
delete from inbox_events e
where (e.client_id = %(client_id)s
       or (e.client_id is null and exists (
         select from provider_accounts p
         where p.client_id = %(client_id)s and p.provider = e.provider and p.from_environment)))
  and (exists (
         select from unnest(%(needles)s::text[]) as needle (word)
         where position(lower(needle.word) in lower(e.event_key || ' ' || e.payload::text)) > 0
           and (e.kind <> 'inbound' or lower(e.event_key || ' ' || e.payload::text) ~ (
             '(^|[^a-z0-9._%%+-]|\\[nrtbf]|[^a-z0-9][+])'
             || regexp_replace(lower(needle.word), '([].*+?^$(){}|\\/[-])', '\\\1', 'g')
             || '(?![a-z0-9-]|[.][a-z0-9])')))
       or e.payload ->> 'provider_id' = any(%(provider_ids)s::text[])
       or e.payload ->> 'reference' = any(%(touch_ids)s::text[])
       or e.payload #>> '{clues,reference}' = any(%(touch_ids)s::text[]));

-- forget_events --
-- Old events, a few thousand at a time. What somebody wrote waits longer for its client.
delete from inbox_events i
where (i.account_id, i.event_key) in (
  select e.account_id, e.event_key from inbox_events e
  where e.received_at < %(before)s and (e.kind <> 'inbound' or e.received_at < %(waiting_before)s)
  limit %(at_most)s
);

-- forget_sounds --
-- Where the sound of old calls lies.
update inbound i set recording = null
where i.id in (
  select o.id from clients c
  cross join lateral (
    select f.id from inbound f where f.client_id = c.id and f.at < %(before)s and f.recording is not null limit %(at_most)s
  ) o
  limit %(at_most)s
);

-- forget_words --
-- What people said on old calls, or wrote long ago. What was understood of it stays as codes.
update inbound i
set subject = null, body = '',
  payload = '{"forgotten": "body"}'::jsonb || coalesce((
    select jsonb_object_agg(d.key, d.value) from jsonb_each(i.payload) d where d.key in ('opt_out', 'opt_out_rule', 'opt_out_scope')
  ), '{}'::jsonb)
where i.id in (
  select o.id from clients c
  cross join lateral (
    select f.id from inbound f
    where f.client_id = c.id and f.at < %(calls_before)s and (f.kind in ('call', 'own_call') or f.at < %(before)s)
      and not f.payload ? 'forgotten'
    limit %(at_most)s
  ) o
  limit %(at_most)s
);

-- forget_inbound --
-- What came in years ago.
delete from inbound i
where i.id in (
  select o.id from clients c
  cross join lateral (
    select f.id from inbound f where f.client_id = c.id and f.at < %(before)s order by f.at limit %(at_most)s
  ) o
  limit %(at_most)s
);
