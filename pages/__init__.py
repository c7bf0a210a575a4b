"""One file a page, in sections; a page reads inputs, calls the engine and draws."""
