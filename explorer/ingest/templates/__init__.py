"""Log templates: what a program wrote again and again, with wildcards where the values differ."""

from explorer.ingest.templates.mine import Templates, mine_templates
from explorer.ingest.templates.values import TemplateValues, WildcardValues, template_values

__all__ = ["TemplateValues", "Templates", "WildcardValues", "mine_templates", "template_values"]
