-- kept_plans --
-- The texts whose plans this connection keeps.
select c.ident from pg_backend_memory_contexts c where c.name = 'CachedPlan' and c.ident is not null;
