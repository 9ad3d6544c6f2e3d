-- wait_for_the_dead --
-- Returns when no transaction is left in these tables: PostgreSQL has noticed whose process is gone.
lock table sequence_enrollments, contacts, addresses, touches, inbound in access exclusive mode;

-- waiting_for_all --
-- Who waits until every backend has taken note of something.
select pid from pg_stat_activity where wait_event = 'ProcSignalBarrier';
