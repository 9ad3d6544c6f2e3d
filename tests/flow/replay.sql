-- inbound --
-- What came in.
select id, event_key from inbound order by at, id;

-- forget_wish --
-- As older code would have taken it.
update inbound set opted_out = false, payload = payload - 'opt_out' - 'opt_out_rule';
