-- copy_database --
-- Copying files is the faster way for a small template on a server without fsync: 3 ms against 7 (measured, 15 and 18).
create database {database} template {template} strategy file_copy owner omnify_owner;

-- drop_database --
drop database {database} with (force);
