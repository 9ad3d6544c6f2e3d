-- give_fields --
-- What is known of everybody of a client.
update contacts set fields = fields || %(fields)s where client_id = %(client_id)s;
