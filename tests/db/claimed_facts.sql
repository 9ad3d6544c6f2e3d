-- forget_mail --
-- Known by telephone only.
delete from contact_addresses where contact_id = any(%(contact_ids)s::uuid[]) and kind = 'email';

-- forget_zone --
-- Has never said where they are.
update contacts set time_zone = null where id = %(contact_id)s;

-- due_for --
-- What the next step is.
update sequence_enrollments set next_channel = %(channel)s where contact_id = %(contact_id)s;
