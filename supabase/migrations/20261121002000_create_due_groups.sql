-- Why: the walk from one due group to the next stood in three queries alike, and each change had to be made in all of them.
-- Lock risk: none; a new view.
-- Undo: drop view house.due_groups.
set lock_timeout = '5s';

-- Each (client, channel, priority) with an enrollment that runs, and the instant at which its first one is due. A loose walk
-- over the index of what is due: as many steps as there are groups, however many enrollments.
create view house.due_groups with (security_invoker = true) as
with recursive walk as (
  (select e.client_id, e.next_channel, e.priority from public.sequence_enrollments e where e.status = 'active'
   order by e.client_id, e.next_channel, e.priority limit 1)
  union all
  select following.client_id, following.next_channel, following.priority
  from walk w
  cross join lateral (
    select e.client_id, e.next_channel, e.priority from public.sequence_enrollments e
    where e.status = 'active' and (e.client_id, e.next_channel, e.priority) > (w.client_id, w.next_channel, w.priority)
    order by e.client_id, e.next_channel, e.priority limit 1
  ) following
)
select w.client_id, w.next_channel, w.priority, first.due_at
from walk w
cross join lateral (
  select e.due_at from public.sequence_enrollments e
  where e.status = 'active' and e.client_id = w.client_id and e.next_channel = w.next_channel and e.priority = w.priority
  order by e.due_at, e.id limit 1
) first;
revoke all on house.due_groups from public, anon, authenticated;
