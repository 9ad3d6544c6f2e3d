-- name_database --
-- The database of this connection.
select current_database();

-- take_no_changes --
-- As after a failover to a copy.
alter database {name} set default_transaction_read_only = on;
