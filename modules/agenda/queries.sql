-- something_waits --
-- Whether a sweep has work: an enrollment that is due (the same loose walk as due_groups, to the first), an answer owed
-- (answers_due looks back seven days), a touch to look at, or one still open at a provider that is asked for changes.
with recursive walk as (
  (select e.client_id, e.next_channel, e.priority from sequence_enrollments e where e.status = 'active'
   order by e.client_id, e.next_channel, e.priority limit 1)
  union all
  select following.client_id, following.next_channel, following.priority
  from walk w
  cross join lateral (
    select e.client_id, e.next_channel, e.priority from sequence_enrollments e
    where e.status = 'active' and (e.client_id, e.next_channel, e.priority) > (w.client_id, w.next_channel, w.priority)
    order by e.client_id, e.next_channel, e.priority limit 1
  ) following
)
select
  exists (
    select from walk w
    cross join lateral (
      select e.due_at from sequence_enrollments e
      where e.status = 'active' and e.client_id = w.client_id and e.next_channel = w.next_channel
        and e.priority = w.priority and e.due_at <= %(now)s
      order by e.due_at, e.id limit 1
    ) due
  )
  or exists (
    select from inbound i
    where i.answer in ('confirmation', 'help') and i.at > %(now)s - interval '8 days'
      and not exists (
        select from touches t
        where t.origin = i.answer and t.origin_id = i.id and t.part = 0 and t.state <> 'not_sent'
      )
  )
  or exists (
    select from touches t
    where t.state in ('claimed', 'sending', 'unknown', 'accepted', 'review')
      and (t.look_at <= %(now)s or t.provider = any(%(watched)s::text[]))
  ) as waits;
