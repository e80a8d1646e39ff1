"""Overview: the sentence that matters, and where to look first."""

from explorer.ui import overview_page, parts

analysis = parts.open_or_stop("Overview")
overview_page.show_headline(analysis)
overview_page.show_set_aside(analysis)
overview_page.show_timeline(analysis)
overview_page.show_where_to_look(analysis)
overview_page.show_how_sure(analysis)
