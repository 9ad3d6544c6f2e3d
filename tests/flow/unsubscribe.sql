-- speak --
-- Everybody speaks this language.
update contacts set fields = fields || jsonb_build_object('language', %(language)s::text);

-- move_client --
-- Every client has this postal address now, or none.
update clients set postal_address = %(postal_address)s;
