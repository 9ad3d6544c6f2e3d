-- find_appointment --
-- One, as it last stood.
select client_id, source, ref, contact_id, status, starts_at, booked_at, told_at from appointments
where client_id = %(client_id)s and source = %(source)s and ref = %(ref)s;

-- write_appointment --
-- As it stands now; when it was made stays as it was first told.
insert into appointments (client_id, source, ref, contact_id, status, starts_at, booked_at, told_at, noted_at)
values (%(client_id)s, %(source)s, %(ref)s, %(contact_id)s, %(status)s, %(starts_at)s, %(booked_at)s, %(told_at)s, %(now)s)
on conflict (client_id, source, ref) do update set contact_id = excluded.contact_id, status = excluded.status,
  starts_at = excluded.starts_at, told_at = excluded.told_at, noted_at = excluded.noted_at;

-- erase_appointments --
-- Those of a person who goes.
delete from appointments where client_id = %(client_id)s and contact_id = %(contact_id)s;

-- forget_appointments --
-- What was last heard of years ago, and is not still to come.
delete from appointments a
using (
  select o.client_id, o.source, o.ref from appointments o
  where o.noted_at < %(before)s and (o.starts_at is null or o.starts_at < %(before)s)
  limit %(at_most)s
) old
where a.client_id = old.client_id and a.source = old.source and a.ref = old.ref;
