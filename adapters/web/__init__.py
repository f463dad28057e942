"""Web pages, made with NiceGUI: the kit they are built from, and the local page of `tertulia try`."""
