-- contacts --
-- People, oldest first, with their addresses and the size of their last change.
select c.*, c.xmin::text as written_by,
  (select array_agg(a.value order by a.kind desc) from contact_addresses l join addresses a on a.id = l.address_id
    where l.contact_id = c.id) as addresses
from contacts c order by c.created_at, c.id;

-- refs --
-- Who is who at a provider.
select r.* from contact_refs r order by r.noted_at, r.ref;

-- consents --
-- What people agreed to.
select c.* from consents c order by c.at, c.channel;

-- enrollments --
-- Every enrollment with its sequence.
select e.*, s.slug from sequence_enrollments e join sequences s on s.id = e.sequence_id order by e.enrolled_at, e.id;

-- clients --
-- Everybody's addresses with their client.
select c.slug, a.value, a.suppressed_reason from addresses a join clients c on c.id = a.client_id
order by c.slug, a.value;

-- lose_refs --
-- Everybody was deleted at GHL and made again: the ids that we know are nobody's.
update contact_refs set ref = 'gone00000000000000gone' returning ref;
