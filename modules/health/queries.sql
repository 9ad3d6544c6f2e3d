-- write_log --
-- What a person should be able to find later.
insert into system_logs (id, client_id, at, level, event, touch_id, enrollment_id, detail)
values (%(id)s, %(client_id)s, %(now)s, %(level)s, %(event)s, %(touch_id)s, %(enrollment_id)s, %(detail)s);

-- is_alive --
-- Answers when the database does.
select 1 as alive;
