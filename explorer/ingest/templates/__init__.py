"""Log templates: what a program wrote again and again, with wildcards where the values differ."""

from explorer.ingest.templates.mine import Templates, mine_templates

__all__ = ["Templates", "mine_templates"]
