-- hold_enrollments --
-- Another transaction sits on these people's enrollments.
select id from sequence_enrollments where contact_id = any(%(contact_ids)s::uuid[]) order by id for update;

-- hold_contacts --
-- Another transaction sits on these people.
select id from contacts where id = any(%(contact_ids)s::uuid[]) order by id for update;

-- make_older --
-- These people have been due for longer than all others.
update sequence_enrollments set due_at = due_at - interval '1 hour' where contact_id = any(%(contact_ids)s::uuid[]);
