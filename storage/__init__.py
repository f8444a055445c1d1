"""storage knows nouns: tables, queries, migrations, encryption. It knows no rules."""
