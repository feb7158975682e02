"""One file a page, each with a `PAGE`; the navigation lists this folder."""
