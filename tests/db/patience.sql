-- lock --
-- Until the end of the transaction.
select pg_advisory_xact_lock(%(number)s);
