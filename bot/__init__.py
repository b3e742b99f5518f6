"""IPS-wijzer: the Dutch assistant for the implementation of Individuele Plaatsing en Steun."""
