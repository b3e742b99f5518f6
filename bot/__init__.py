"""IPS-wijzer: the Dutch assistant for the implementation of Individuele Plaatsing en Steun."""

__version__ = "0.1.0"
