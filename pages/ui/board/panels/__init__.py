"""One file a panel, named as its .js and .css in assets/components/panels: what it is sent, and where that is from."""
