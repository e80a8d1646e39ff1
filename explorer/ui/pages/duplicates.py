"""Duplicates: what repeats, at the threshold that suits the file."""

from explorer.ui import duplicates_page, groups_view, pairs_view, parts

analysis = parts.open_or_stop("Duplicates")
duplicates_page.stop_if_nothing_to_compare(analysis)
duplicates_page.follow_link()
cut = duplicates_page.choose_cut(analysis)
choice = duplicates_page.show_toolbar(analysis, cut.duplicates)
if choice.view == duplicates_page.PAIRS:
    pairs_view.show_pairs(analysis, cut.duplicates, choice)
else:
    groups_view.show_groups(analysis, cut.duplicates, choice)
duplicates_page.show_curve(analysis, cut)
