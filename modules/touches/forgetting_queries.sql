-- erase_claimed --
-- What is claimed for a person who is erased never leaves.
update touches t
set state = 'suppressed', look_at = null, reason = %(reason)s, changed_at = %(now)s
where t.client_id = %(client_id)s and t.contact_id = %(contact_id)s and t.state = 'claimed';

-- lock_touches_of --
-- Every touch of a person, the last lock before they are erased. `unproven`: what became of it can only be found out with
-- its address and its words.
select t.id, t.channel, t.to_address, t.provider_id,
  t.state in ('claimed', 'sending', 'unknown', 'review') or (t.state = 'accepted' and t.provider_id is null) as unproven,
  case t.state when 'review' then t.look_at else t.confirm_by end as settled_by
from touches t
where t.client_id = %(client_id)s and t.contact_id = %(contact_id)s
order by t.id
for no key update;

-- erase_touches --
-- The line of the ledger stays with its ids, hash, states and times; who it was for and what was said is gone.
update touches t
set to_address = coalesce(v.mark, t.to_address), subject = null, body = '', envelope = '{}'::jsonb, transcript = null,
  recording = null, summary = null,
  decision = coalesce((
    select jsonb_object_agg(d.key, d.value) from jsonb_each(t.decision) d where d.key = any(%(codes)s::text[])
  ), '{}'::jsonb)
from unnest(%(id)s::uuid[], %(mark)s::text[]) as v (id, mark)
where t.id = v.id and t.client_id = %(client_id)s and t.contact_id = %(contact_id)s;

-- forget_recordings --
-- Where the sound of old calls lies; what was said stays as words for a while.
update touches t set recording = null, decision = t.decision || '{"forgotten": "recording"}'::jsonb
where t.id in (
  select o.id from clients c
  cross join lateral (
    select f.id from touches f
    where f.client_id = c.id and f.armed_at < %(before)s and f.recording is not null
      and f.state not in ('claimed', 'sending', 'unknown', 'accepted', 'review')
    limit %(at_most)s
  ) o
  limit %(at_most)s
);

-- forget_transcripts --
-- The words of old calls, and what was made of them.
update touches t set transcript = null, summary = null, decision = t.decision || '{"forgotten": "transcript"}'::jsonb
where t.id in (
  select o.id from clients c
  cross join lateral (
    select f.id from touches f
    where f.client_id = c.id and f.armed_at < %(before)s and (f.transcript is not null or f.summary is not null)
      and f.state not in ('claimed', 'sending', 'unknown', 'accepted', 'review')
    limit %(at_most)s
  ) o
  limit %(at_most)s
);

-- forget_bodies --
-- The words of old messages; their hash still proves what was sent.
update touches t
set subject = null, body = '', envelope = '{}'::jsonb, decision = t.decision || '{"forgotten": "body"}'::jsonb
where t.id in (
  select o.id from clients c
  cross join lateral (
    select f.id from touches f
    where f.client_id = c.id and f.armed_at < %(before)s and f.body <> ''
      and f.state not in ('claimed', 'sending', 'unknown', 'accepted', 'review')
    limit %(at_most)s
  ) o
  limit %(at_most)s
);

-- forget_touches --
-- Lines of the ledger that nothing names any more, years later.
delete from touches t
where t.id in (
  select o.id from clients c
  cross join lateral (
    select f.id from touches f
    where f.client_id = c.id and f.armed_at < %(before)s
      and f.state not in ('claimed', 'sending', 'unknown', 'accepted', 'review')
      and not exists (select from sequence_enrollments e where e.last_touch_id = f.id)
      and not exists (select from inbound i where i.reply_to_touch_id = f.id)
      and not exists (select from system_logs l where l.touch_id = f.id)
      and not exists (select from reconcile_findings r where r.touch_id = f.id)
    order by f.armed_at
    limit %(at_most)s
  ) o
  limit %(at_most)s
);
