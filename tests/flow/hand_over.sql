-- spoil_zone_of --
-- A time zone that no rule can work with.
update contacts set time_zone = 'America' where id = %(id)s;

-- come_due_together --
-- Several enrollments come due in the same sweep.
update sequence_enrollments set due_at = %(at)s where id = any(%(ids)s::uuid[]);

-- mend_zone_of --
-- Somebody has mended it.
update contacts set time_zone = 'America/New_York' where id = %(id)s;
