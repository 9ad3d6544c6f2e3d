-- create_tasks --
-- What steps ask of people; a visit's task is asked for once.
insert into tasks (id, client_id, contact_id, enrollment_id, step, visit, title, instructions, state, blocks, records,
  due_by, created_at)
select v.id, v.client_id, v.contact_id, v.enrollment_id, v.step, v.visit, v.title, v.instructions, 'open', v.blocks,
  v.records, v.due_by, %(now)s
from unnest(%(id)s::uuid[], %(client_id)s::uuid[], %(contact_id)s::uuid[], %(enrollment_id)s::uuid[], %(step)s::text[],
  %(visit)s::int[], %(title)s::text[], %(instructions)s::text[], %(blocks)s::boolean[], %(records)s::text[],
  %(due_by)s::timestamptz[])
  as v (id, client_id, contact_id, enrollment_id, step, visit, title, instructions, blocks, records, due_by);

-- find_task --
-- One task by its id, of whichever client.
select id, client_id, contact_id, enrollment_id, step, visit, title, state, records, settled_by from tasks
where id = %(id)s;

-- lock_task --
-- The same, locked: last in the order in which everybody locks.
select id, client_id, contact_id, enrollment_id, step, visit, title, state, records, settled_by from tasks
where id = %(id)s
for no key update;

-- settle_task --
-- Once: a task that was settled stays as it is. One that was withdrawn may still be done.
update tasks
set state = %(state)s, settled_at = %(now)s, settled_by = %(settled_by)s, note = %(note)s
where id = %(id)s and (state = 'open' or (state = 'withdrawn' and %(state)s = 'done'));

-- withdraw_tasks --
-- The contact has left the step of this visit by hand, or (without one) the sequence has ended.
update tasks
set state = 'withdrawn', settled_at = %(now)s
where enrollment_id = %(enrollment_id)s and state = 'open' and blocks and (%(visit)s::int is null or visit = %(visit)s::int);

-- postpone_task --
-- What an enrollment waits for has another time, by hand. Whether it waits for one is the caller's to know.
update tasks
set due_by = %(due_by)s
where enrollment_id = %(enrollment_id)s and visit = %(visit)s and state = 'open' and blocks;

-- list_tasks --
-- Open ones that are due first come first; settled ones, the newest first, only where they are asked for.
select t.id, t.title, t.instructions, t.state, t.contact_id,
  coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.external_ref, c.id::text) as contact,
  s.slug as sequence, t.step, t.blocks, t.due_by,
  t.state = 'open' and coalesce(t.due_by <= %(now)s, false) as is_overdue,
  array(
    select a.kind from contact_addresses ca join addresses a on a.id = ca.address_id
    where ca.contact_id = t.contact_id and (a.suppressed_at is not null or c.suppressed_at is not null)
    order by a.kind
  ) as closed,
  t.created_at, t.settled_at, t.settled_by, t.note
from tasks t
join contacts c on c.id = t.contact_id
left join sequence_enrollments e on e.id = t.enrollment_id
left join sequences s on s.id = e.sequence_id
where t.client_id = %(client_id)s and (t.state = 'open') = not %(settled)s::boolean
  and (%(contact_id)s::uuid is null or t.contact_id = %(contact_id)s)
order by t.settled_at desc nulls first, t.due_by nulls last, t.created_at, t.id
limit %(at_most)s;

-- erase_tasks --
-- What was to be done for a person who goes.
delete from tasks where client_id = %(client_id)s and contact_id = %(contact_id)s;

-- forget_task_words --
-- The words of tasks settled long ago; that there was one, and what became of it, stays with its enrollment.
update tasks t
set title = coalesce(t.step, 'task'), instructions = '', note = null
where t.id in (
  select o.id from tasks o
  where o.settled_at < %(before)s and (o.instructions <> '' or o.note is not null or o.title is distinct from o.step)
  limit %(at_most)s
);
