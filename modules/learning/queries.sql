-- count_steps --
-- How the touches of each step stand by the day (UTC) on which they were armed, whole days from `since` on. A row that is
-- right already is not touched, not even locked.
insert into step_analytics (client_id, sequence_id, version, step, channel, armed_on, armed, succeeded, failed, lost,
  answered, counted_at)
select n.client_id, n.sequence_id, n.version, n.step, n.channel, n.armed_on, n.armed, n.succeeded, n.failed, n.lost,
  n.answered, %(now)s
from (
  select t.client_id, e.sequence_id, e.version, t.step, t.channel, (t.armed_at at time zone 'UTC')::date as armed_on,
    count(*)::int as armed,
    (count(*) filter (where t.state in ('delivered', 'completed')))::int as succeeded,
    (count(*) filter (where t.state in ('failed', 'bounced', 'complained')))::int as failed,
    (count(*) filter (where t.state in ('expired', 'not_sent')))::int as lost,
    (count(*) filter (where r.answered))::int as answered
  from clients c
  cross join lateral (
    select * from touches o where o.client_id = c.id and o.armed_at >= %(since)s and o.origin = 'step'
  ) t
  join sequence_enrollments e on e.id = t.enrollment_id
  left join (
    select i.reply_to_touch_id as touch_id, true as answered
    from clients c cross join lateral (
      select * from inbound o
      where o.client_id = c.id and o.at >= %(since)s and o.reply_to_touch_id is not null and o.kind <> 'own_call'
    ) i
    group by i.reply_to_touch_id
  ) r on r.touch_id = t.id
  group by t.client_id, e.sequence_id, e.version, t.step, t.channel, armed_on
) n
left join step_analytics s on s.sequence_id = n.sequence_id and s.version = n.version and s.step = n.step
  and s.channel = n.channel and s.armed_on = n.armed_on
where (s.armed, s.succeeded, s.failed, s.lost, s.answered)
  is distinct from (n.armed, n.succeeded, n.failed, n.lost, n.answered)
on conflict (sequence_id, version, step, channel, armed_on) do update
set armed = excluded.armed, succeeded = excluded.succeeded, failed = excluded.failed, lost = excluded.lost,
  answered = excluded.answered, counted_at = excluded.counted_at;
