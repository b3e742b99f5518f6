"""The small inbox: server-rendered pages where employees answer (docs/helpdesk.md)."""
