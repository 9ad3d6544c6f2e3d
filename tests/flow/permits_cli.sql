-- plant_hold --
-- A number that asked three clients to stop.
insert into platform_holds (hash, clients, opened_at) values (decode(%(hash)s, 'hex'), 3, %(at)s);
