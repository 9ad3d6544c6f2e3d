-- something_waits --
-- Whether a sweep has work: an enrollment that is due (to the first group that has one), an answer owed
-- (answers_due looks back seven days), a touch to look at, or one still open at a provider that is asked for changes.
-- And whether people wrote back what has not left (replies_due looks back as far), or a check of ours has its turn
-- (checks_due looks back ten minutes).
select one.waits or one.replies or one.canaries as waits, one.replies, one.canaries
from (select
  exists (select from house.due_groups g where g.due_at <= %(now)s)
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
  ) as waits,
  exists (
    select from replies r
    where r.closed_at is null and r.send_by > %(now)s - interval '8 days'
      and not exists (
        select from touches t
        where t.origin = 'reply' and t.origin_id = r.id and t.part = 0 and t.state <> 'not_sent'
      )
  ) as replies,
  exists (
    select from canaries k
    cross join lateral (
      select floor(extract(epoch from %(now)s - k.started_at) / (3600 * k.every_hours))::int as number
    ) turn
    where k.stopped_at is null and k.started_at <= %(now)s
      and k.started_at + turn.number * k.every_hours * interval '1 hour' > %(now)s - interval '10 minutes'
      and not exists (
        select from touches t
        where t.origin = 'canary' and t.origin_id = k.id and t.part = turn.number and t.state <> 'not_sent'
      )
  ) as canaries
) one;

-- overdue_since --
-- Since when the enrollment that is due longest has waited for a sweep; null when none is due. As cheap as something_waits.
select min(g.due_at) as since from house.due_groups g where g.due_at <= %(now)s;
