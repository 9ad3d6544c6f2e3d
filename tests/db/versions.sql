-- versions --
-- Every version as it was published.
select version, source, published_by, restores from sequence_versions order by version;

-- drafts --
-- Every draft.
select * from sequence_drafts order by client_id, slug;

-- restore_later --
-- A version cannot bring back one that came after it.
insert into sequence_versions (client_id, sequence_id, version, source, definition, published_at, restores)
select client_id, sequence_id, version + 1, source, definition, published_at, version + 1 from sequence_versions;

-- adopted --
-- Who was taken over, as it stands in the record.
select * from enrollment_actions where verb = 'adopt' order by enrollment_id;

-- adopt_back --
-- A record of somebody taken back to an older version.
update enrollment_actions set from_version = 9;

-- pause_first --
-- One rests, one is held for an answer.
update sequence_enrollments set status = %(status)s, status_reason = %(reason)s where id = %(id)s;

-- place_at --
-- As if they had come this far by themselves.
update sequence_enrollments set step = %(step)s, visit = %(visit)s where id = any(%(ids)s::uuid[]);

-- versions_of_runs --
-- How many stand where.
select version, step, status, count(*) as people from sequence_enrollments group by 1, 2, 3 order by 1, 2, 3;

-- repeated --
-- Steps that somebody got more than once.
select enrollment_id, step, count(*) as n from touches group by 1, 2 having count(*) > 1;

-- turn_round --
-- Who came last is due first.
update sequence_enrollments e set due_at = e.due_at - placed.place * interval '1 second'
from (select id, row_number() over (order by id) as place from sequence_enrollments) placed
where placed.id = e.id;

-- plant_task --
-- Something that a person of the client was asked to do at this step, and did or was spared.
insert into tasks (id, client_id, contact_id, enrollment_id, step, visit, title, instructions, state, blocks, created_at, settled_at)
values (%(id)s, %(client_id)s, %(contact_id)s, %(enrollment_id)s, %(step)s, 0, 'Look', '', %(state)s, false, %(now)s, %(now)s);
