"""The app in a real browser. A package, so that server and browser stop before the other tests begin."""
