-- newest_text --
-- The last text that came from the number a contact has now, and whether that number is closed.
select i.id, i.at, i.from_address, i.to_address, i.opted_out, a.suppressed_reason as closed_for
from contact_addresses ca
join addresses a on a.id = ca.address_id and a.kind = 'phone'
join inbound i on i.client_id = a.client_id and i.from_address = a.value and i.channel = 'sms' and i.kind = 'message'
where ca.contact_id = %(contact_id)s and a.client_id = %(client_id)s
  and coalesce(i.contact_id, ca.contact_id) = ca.contact_id
order by i.at desc, i.id desc
limit 1;

-- keep_reply --
-- Once: the same words to the same message are one reply.
insert into replies (id, client_id, contact_id, inbound_id, body, body_hash, written_by, written_at, send_by)
values (%(id)s, %(client_id)s, %(contact_id)s, %(inbound_id)s, %(body)s, %(body_hash)s, %(written_by)s, %(written_at)s,
  %(send_by)s)
on conflict (inbound_id, body_hash) do nothing;

-- replies_to --
-- What was written back to one message so far, and why it will not leave: it was closed, or its time is over (replies_due
-- does not look back for ever, so nobody may ever close it).
select r.id, r.body_hash, r.send_by,
  coalesce(r.closed_reason, case when r.send_by <= %(now)s and not exists (
    select from touches t where t.origin = 'reply' and t.origin_id = r.id and t.part = 0 and t.state <> 'not_sent'
  ) then 'too_late' end) as closed_reason
from replies r
where r.inbound_id = %(inbound_id)s
order by r.written_at, r.id;

-- replies_due --
-- What people wrote back and has not left, every client's oldest first, so that what waits at one keeps no other's from
-- being seen: nothing of it is on its way, was taken or was refused for good. What could not leave for days because nobody
-- swept is told all the same.
select r.id, r.client_id, r.contact_id, r.body, r.written_at, r.send_by, i.from_address, i.to_address, i.at as answers_at,
  tried.attempts, tried.tried_at
from replies r
join inbound i on i.id = r.inbound_id
join contacts c on c.id = r.contact_id and c.erased_at is null
cross join lateral (
  select count(*)::int as attempts, max(t.armed_at) as tried_at,
    coalesce(bool_and(t.state = 'not_sent'), true) as may_go
  from touches t
  where t.origin = 'reply' and t.origin_id = r.id and t.part = 0
) tried
where r.closed_at is null and r.send_by > %(since)s and tried.may_go
order by row_number() over (partition by r.client_id order by r.written_at, r.id), r.written_at, r.id
limit %(at_most)s;

-- lock_reply --
-- Attempts made so far, while it still wants to leave; read after the locks on the person, and the row stays locked.
select tried.attempts
from replies r
join contacts c on c.id = r.contact_id and c.erased_at is null
cross join lateral (
  select count(*)::int as attempts, coalesce(bool_and(t.state = 'not_sent'), true) as may_go
  from touches t
  where t.origin = 'reply' and t.origin_id = r.id and t.part = 0
) tried
where r.id = %(id)s and r.closed_at is null and tried.may_go
for no key update of r skip locked;

-- close_reply --
-- It will not leave, and why; nothing of it is on its way or was taken. Whoever waited for its row asks that here once
-- more: the statement that waited does not see what was armed meanwhile.
update replies r set closed_at = %(now)s, closed_reason = %(reason)s
where r.id = %(id)s and r.closed_at is null
  and not exists (
    select from touches t where t.origin = 'reply' and t.origin_id = r.id and t.part = 0 and t.state <> 'not_sent');

-- waiting_reply --
-- One that has not left and was not closed, as far as is known before its row is locked: close_reply asks again.
select r.id, r.contact_id from replies r
where r.client_id = %(client_id)s and r.id = %(id)s and r.closed_at is null
  and not exists (
    select from touches t where t.origin = 'reply' and t.origin_id = r.id and t.part = 0 and t.state <> 'not_sent')
for no key update of r;

-- list_replies --
-- What a client's people wrote back, the newest first, and what became of it. Late: its time is over, and nobody closed it.
select r.id, r.contact_id as contact, a.value as "to", r.body, r.written_by, r.written_at, r.send_by,
  case when r.closed_at is not null then 'closed' when timed.late then 'late' else coalesce(t.state, 'waiting') end as state,
  coalesce(r.closed_reason, case when timed.late then 'too_late' end, t.reason) as reason, t.id as touch, t.confirmed_at
from replies r
join inbound i on i.id = r.inbound_id
left join addresses a on a.client_id = r.client_id and a.kind = 'phone' and a.value = i.from_address
left join lateral (
  select o.id, o.state, o.reason, o.confirmed_at from touches o
  where o.origin = 'reply' and o.origin_id = r.id order by o.attempt desc limit 1
) t on true
cross join lateral (
  select r.closed_at is null and r.send_by <= %(now)s and coalesce(t.state, 'not_sent') = 'not_sent' as late
) timed
where r.client_id = %(client_id)s
order by r.written_at desc, r.id desc
limit %(at_most)s;

-- erase_replies --
-- What was written back to a person who goes.
delete from replies where client_id = %(client_id)s and contact_id = %(contact_id)s;

-- forget_replies --
-- Words that were written back long ago; what left is in the ledger by its hash.
update replies r set body = ''
where r.id in (
  select o.id from clients c
  cross join lateral (
    select f.id from replies f where f.client_id = c.id and f.written_at < %(before)s and f.body <> '' limit %(at_most)s
  ) o
  limit %(at_most)s
);
