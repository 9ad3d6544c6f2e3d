-- plant_client --
-- A tenant.
insert into clients (id, slug, name, status, created_at) values (%(id)s, %(slug)s, %(slug)s, 'live', %(now)s);

-- plant_contact --
-- A person of this tenant.
insert into contacts (id, client_id, fields, created_at) values (%(contact_id)s, %(client_id)s, '{}', %(now)s);

-- plant_enrollment --
-- One contact's way through a version.
insert into sequence_enrollments
  (id, client_id, contact_id, sequence_id, version, status, visit, next_channel, due_at, waiting, enrolled_at, changed_at)
values
  (%(id)s, %(client_id)s, %(contact_id)s, %(sequence_id)s, %(version)s, 'active', 0, 'sms', %(now)s, false, %(now)s, %(now)s);

-- versions --
-- A client's versions in order.
select version from sequence_versions where client_id = %(client_id)s order by version;

-- steps --
-- The steps of a client's versions in order.
select position, key, channel from sequence_steps where client_id = %(client_id)s order by version, position;

-- rewrite --
-- What must be refused.
update sequence_versions set source = 'x' where sequence_id = %(sequence_id)s returning version;
