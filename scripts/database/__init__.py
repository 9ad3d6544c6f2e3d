"""PostgreSQL for a machine at home: found, started, made to look like Supabase, migrated.

The order is `DATABASE_URL`, the embedded PostgreSQL of the Python package, the one of the operating system.
Production is Supabase: there only `migrate` is used.

Tables: supabase_migrations.schema_migrations (the Supabase CLI's own ledger); auth.users on a plain server.
Verbs: `launcher.open_database`, `launcher.Cluster.start`, `launcher.stop_server`, `binaries.find_binaries`,
`bootstrap.bootstrap`, `migrate.migrate`.
Imports: utils.
"""
