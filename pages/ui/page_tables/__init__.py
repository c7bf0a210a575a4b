"""The numbers behind one page's pictures: a file a page, with a function `draw`. See also pages/ui/tables.py."""
