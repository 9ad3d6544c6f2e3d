-- linger --
-- Three milliseconds, so that two who work at once really meet.
select pg_sleep(0.003);

-- count_touches --
-- Everything that was ever armed for this enrollment, as this transaction sees it now.
select count(*) as n from touches where enrollment_id = %(id)s;

-- steps --
-- What was armed for each enrollment.
select enrollment_id, array_agg(step || '@' || part order by armed_at, id) as steps from touches group by enrollment_id;

-- actions --
-- Every order that was followed.
select * from enrollment_actions order by at, id;

-- rewrite_who --
-- Somebody else did it.
update enrollment_actions set acted_by = 'nobody';

-- rewrite_why --
-- For another reason.
update enrollment_actions set reason = 'another';

-- erase_why --
-- The words alone go.
update enrollment_actions set reason = null;

-- hold --
-- Held for this reason.
update sequence_enrollments set status = 'held', status_reason = %(reason)s where id = %(id)s;

-- deadlocks --
-- How many this database has seen, committed to statistics or not.
select deadlocks as n from pg_stat_get_db_deadlocks((select oid from pg_database where datname = current_database())) as deadlocks;

-- waiting --
-- How many wait for a lock of another here.
select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock';
