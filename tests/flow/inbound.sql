-- inbound --
-- What came in, oldest first, with the size of its last change.
select i.*, i.xmin::text as written_by from inbound i order by i.at, i.id;

-- kept_events --
-- Events whose client is not known, or which nobody understood.
select e.*, e.xmin::text as written_by from inbox_events e order by e.received_at, e.event_key;

-- consents --
-- What people agreed to.
select c.* from consents c order by c.at, c.channel;

-- contacts --
-- People, oldest first.
select c.*, c.xmin::text as written_by from contacts c order by c.created_at, c.id;
