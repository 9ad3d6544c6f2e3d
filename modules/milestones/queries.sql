-- note_milestone --
-- A fact, once for each name that its source has for it; told again with another time, the time is the new one.
insert into milestones (id, client_id, contact_id, name, at, source, ref, noted_by, noted_at)
values (%(id)s, %(client_id)s, %(contact_id)s, %(name)s, %(at)s, %(source)s, %(ref)s, %(noted_by)s, %(now)s)
on conflict (client_id, source, ref) do update set at = excluded.at, noted_at = excluded.noted_at
where milestones.at <> excluded.at and milestones.contact_id = excluded.contact_id;

-- take_back_milestone --
-- What the source says is not so any more: an appointment that was called off.
delete from milestones where client_id = %(client_id)s and source = %(source)s and ref = %(ref)s;

-- mark_taken_back --
-- What a person wrote down and was not so: it stays, and nothing asks about it any more.
update milestones set taken_back_at = %(now)s, taken_back_by = %(by)s, taken_back_for = %(reason)s
where client_id = %(client_id)s and id = %(id)s and taken_back_at is null;

-- list_milestones --
-- A contact's, the latest first.
select id, name, at, source, noted_by, noted_at, taken_back_at, taken_back_by, taken_back_for from milestones
where client_id = %(client_id)s and contact_id = %(contact_id)s
order by at desc, noted_at desc
limit %(at_most)s;

-- note_click --
-- A link that was followed, once for each event of the provider's.
insert into click_events (id, client_id, touch_id, event, at, by_machine)
values (%(id)s, %(client_id)s, %(touch_id)s, %(event)s, %(at)s, %(by_machine)s)
on conflict (client_id, event) do nothing;

-- mark_scanned --
-- Clicks that came with the delivery, now that it is known when that was.
update click_events set by_machine = true
where touch_id = %(touch_id)s and at < %(until)s and not by_machine;

-- erase_milestones --
-- What happened with a person who goes.
delete from milestones where client_id = %(client_id)s and contact_id = %(contact_id)s;

-- forget_milestones --
-- What happened years ago, and is to happen no more.
delete from milestones m
where m.id in (select o.id from milestones o where o.noted_at < %(before)s and o.at < %(before)s limit %(at_most)s);
